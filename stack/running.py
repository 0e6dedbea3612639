"""A stack for the length of a `with` block, for tests and benchmarks."""

import signal
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager

from anyio.from_thread import BlockingPortal, start_blocking_portal
from rich.console import Console

from stack.blueprint import Blueprint
from stack.endpoints import Endpoints
from stack.folder import Folder
from stack.settings import Part, Ports, Settings
from stack.startup import Startup
from stack.supervisor import Supervisor, supervisor

FREE_PORTS = Ports(**dict.fromkeys(Ports.model_fields, 0))


class Running:
    """A stack that is up. Its methods may be called from any thread."""

    def __init__(self, portal: BlockingPortal, held: Supervisor, blueprint: Blueprint) -> None:
        self.endpoints: Endpoints = blueprint.endpoints
        self._portal = portal
        self._supervisor = held
        self._blueprint = blueprint

    def start(self, *parts: Part) -> None:
        """Starts more parts, with those they need; they are ready when this returns."""
        settings = self._blueprint.settings.model_copy(update={"ports": self._blueprint.ports})
        blueprint = Blueprint(settings, self._supervisor.folder, parts)
        startup = Startup(blueprint, self._supervisor)
        self._portal.call(startup.run)

    def restart(self, part: str) -> None:
        """Stops a part, or takes one that is dead, and starts it; it is ready when this returns."""
        self._portal.call(self._supervisor.restart, part)

    def stop(self, part: str) -> None:
        """Asks a part to end, and waits for that."""
        self._portal.call(self._supervisor.process(part).stop)

    def kill(self, part: str, number: signal.Signals = signal.SIGKILL) -> None:
        """Sends a part a signal that ends it, and waits for that."""
        self._portal.call(self._supervisor.process(part).kill, number)

    def pid(self, part: str) -> int:
        """The process id of a part."""
        return self._supervisor.process(part).pid


@contextmanager
def running(settings: Settings, *parts: Part) -> Iterator[Running]:
    """Starts parts, with those they need, and stops them at the end of the block.

    Raises:
        StackError: they cannot be started.
    """
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(_up(settings, parts)) as (held, blueprint),
    ):
        yield Running(portal, held, blueprint)


@asynccontextmanager
async def _up(
    settings: Settings, parts: Iterable[Part]
) -> AsyncIterator[tuple[Supervisor, Blueprint]]:
    folder = Folder(settings.folder)
    async with supervisor(folder, Console(quiet=True)) as held:
        blueprint = Blueprint(settings, folder, parts)
        await Startup(blueprint, held).run()
        yield held, blueprint
