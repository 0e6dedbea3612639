"""A stack for the length of a `with` block, for tests and benchmarks."""

import shutil
import signal
import subprocess
import tempfile
from collections.abc import AsyncIterator, Collection, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from anyio.from_thread import BlockingPortal, start_blocking_portal

from embedded_stack._issuer.keys import IssuerKeys
from embedded_stack._issuer.tokens import EXPIRES_SECONDS, AccessTokens
from embedded_stack._plan import migrations
from embedded_stack._plan.blueprint import Blueprint
from embedded_stack._plan.copies import Scale
from embedded_stack._plan.endpoints import Endpoints
from embedded_stack._plan.external import External
from embedded_stack._plan.ports import free
from embedded_stack._plan.services import serving
from embedded_stack._plan.settings import Settings, cache
from embedded_stack._plan.startup import Startup
from embedded_stack._servers.postgres import postgres_programs
from embedded_stack._supervisor.console import Console
from embedded_stack._supervisor.folder import Folder
from embedded_stack._supervisor.hold import hold
from embedded_stack._supervisor.supervisor import Supervisor
from embedded_stack.errors import StackError
from embedded_stack.topology import Topology

__all__ = [
    "Endpoints",
    "External",
    "Running",
    "free_ports",
    "migrate_database",
    "postgres_programs",
    "running",
    "serving",
]


class Running:
    """A stack that is up. Its methods may be called from any thread."""

    def __init__(
        self, portal: BlockingPortal, supervisor: Supervisor, blueprint: Blueprint
    ) -> None:
        self.endpoints: Endpoints = blueprint.endpoints
        self.folder: Path = blueprint.folder.path
        """The stack's folder, which STACK_FOLDER names to commands."""
        self._portal = portal
        self._supervisor = supervisor
        self._blueprint = blueprint

    def start(self, *parts: str) -> None:
        """Starts more parts, with those they need; they are ready when this returns."""
        startup = Startup(self._blueprint.including(parts), self._supervisor)
        self._portal.call(startup.run)

    def migrate(self) -> None:
        """Applies the missing migrations; starting a service does so too."""
        for commands in migrations.migrate(self._blueprint.topology, self.endpoints):
            for command in commands:
                self._portal.call(self._supervisor.step, command)

    def token(
        self,
        user: str,
        scopes: Collection[str] | None = None,
        expires_seconds: int = EXPIRES_SECONDS,
    ) -> str:
        """Returns an access token of a user; the stack runs with access control.

        Args:
            user: the subject.
            scopes: those that it grants; all of the topology by default.
            expires_seconds: after how many seconds it expires; negative for one that has expired.

        Raises:
            StackError: there is no issuer, or an argument is wrong.
        """
        return self._tokens().sign(user, scopes, expires_seconds)

    def rotate_keys(self) -> None:
        """Lets the issuer sign with a new key; tokens of the last one stay valid."""
        self._tokens().keys.rotate()

    def _tokens(self) -> AccessTokens:
        auth = self._blueprint.topology.auth
        if auth is None or not self.endpoints.auth:
            raise StackError("the stack runs without access control")
        keys = IssuerKeys(self._blueprint.folder)
        return AccessTokens(keys, self.endpoints.auth["issuer"], auth)

    def copies(self, service: str) -> list[str]:
        """Returns the names of a service's processes; methods that take a name take one of these."""
        return [copy.name for copy in self._blueprint.copies[service]]

    def restart(self, name: str) -> None:
        """Stops a process, unless it is dead, and starts it; it is ready when this returns."""
        self._portal.call(self._supervisor.restart, name)

    def stop(self, name: str) -> None:
        """Sends a process its stop signal and waits for its end."""
        self._portal.call(self._supervisor.process(name).stop)

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> None:
        """Sends a process a signal that ends it, and waits for its end."""
        self._portal.call(self._supervisor.process(name).kill, number)

    def pause(self, name: str) -> None:
        """Freezes a process (SIGSTOP): it keeps its connections and responds to nothing."""
        self._portal.call(self._supervisor.process(name).pause)

    def resume(self, name: str) -> None:
        """Resumes a frozen process (SIGCONT)."""
        self._portal.call(self._supervisor.process(name).resume)

    def pid(self, name: str) -> int:
        """Returns the id of a process."""
        return self._supervisor.process(name).pid


@contextmanager
def running(
    topology: Topology,
    *parts: str,
    folder: Path | None = None,
    scale: Scale | None = None,
    external: External | None = None,
    auth: bool = False,
) -> Iterator[Running]:
    """Starts parts, with those they need, on free ports, and stops them at the end of the block.

    Args:
        topology: the declaration of the services.
        parts: names of servers and services.
        folder: the stack's folder; a temporary one by default.
        scale: service → number of its copies.
        external: servers that run elsewhere.
        auth: whether access control is on, as with `up --auth`.

    Raises:
        StackError: a part can't be started.
    """
    # Not the test's own temporary folder: root's PostgreSQL runs as another user, which may not enter that.
    path = folder or Path(tempfile.mkdtemp(prefix="stack-"))
    settings = Settings(
        topology=topology,
        folder=path,
        cache=cache(topology),
        maven_repository=None,
        ports=dict.fromkeys(topology.ports, 0),
        external=external or External(),
        auth=auth,
    )
    try:
        with (
            start_blocking_portal() as portal,
            portal.wrap_async_context_manager(_up(settings, parts, scale)) as (held, blueprint),
        ):
            yield Running(portal, held, blueprint)
    finally:
        if folder is None:
            shutil.rmtree(path, ignore_errors=True)


def free_ports(count: int) -> list[int]:
    """Reserves free ports of loopback for servers of this process and its children.

    They are outside the kernels' ephemeral ranges. No other caller of this function gets them until this process ends.
    A server must set SO_REUSEADDR, as most do.

    Raises:
        StackError: there are not so many.
    """
    return free(count)


def migrate_database(topology: Topology, service: str, owner_url: str) -> None:
    """Applies the migrations of a service's database to any database.

    Raises:
        subprocess.CalledProcessError: a migration failed.
    """
    command = migrations.migrate_database(topology, service, owner_url)
    subprocess.run(
        command.arguments,
        cwd=command.folder,
        env=dict(command.environment),
        check=True,
        capture_output=True,
    )


@asynccontextmanager
async def _up(
    settings: Settings, parts: Iterable[str], scale: Scale | None
) -> AsyncIterator[tuple[Supervisor, Blueprint]]:
    folder = Folder(settings.folder)
    async with hold(folder, Console(quiet=True), settings.topology.stop_order) as held:
        blueprint = Blueprint(settings, folder, parts, scale)
        # For clients in other processes, which find the stack by its folder.
        held.describe(blueprint.ports, {}, auth=settings.auth)
        await Startup(blueprint, held).run()
        yield held, blueprint
