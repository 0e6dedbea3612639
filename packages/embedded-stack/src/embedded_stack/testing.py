"""A stack for the length of a `with` block, for tests and benchmarks."""

import signal
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager

from anyio.from_thread import BlockingPortal, start_blocking_portal

from embedded_stack._plan.blueprint import Blueprint
from embedded_stack._plan.copies import Scale
from embedded_stack._plan.endpoints import Endpoints
from embedded_stack._plan.settings import Part, Ports, Settings
from embedded_stack._plan.startup import Startup
from embedded_stack._supervisor.console import Console
from embedded_stack._supervisor.folder import Folder
from embedded_stack._supervisor.hold import hold
from embedded_stack._supervisor.supervisor import Supervisor

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
        startup = Startup(self._blueprint.including(parts), self._supervisor)
        self._portal.call(startup.run)

    def copies(self, part: Part) -> list[str]:
        """The names of a service's processes; every method that takes a name takes one of these."""
        return [copy.name for copy in self._blueprint.copies[part]]

    def restart(self, name: str) -> None:
        """Stops a part, or takes one that is dead, and starts it; it is ready when this returns."""
        self._portal.call(self._supervisor.restart, name)

    def stop(self, name: str) -> None:
        """Asks a part to end, and waits for that."""
        self._portal.call(self._supervisor.process(name).stop)

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> None:
        """Sends a part a signal that ends it, and waits for that."""
        self._portal.call(self._supervisor.process(name).kill, number)

    def pause(self, name: str) -> None:
        """Stops a part in its tracks (SIGSTOP): it keeps its connections and answers nobody."""
        self._portal.call(self._supervisor.process(name).pause)

    def resume(self, name: str) -> None:
        """Lets a paused part go on (SIGCONT)."""
        self._portal.call(self._supervisor.process(name).resume)

    def pid(self, name: str) -> int:
        """The process id of a part."""
        return self._supervisor.process(name).pid


@contextmanager
def running(settings: Settings, *parts: Part, scale: Scale | None = None) -> Iterator[Running]:
    """Starts parts, with those they need, and stops them at the end of the block.

    Raises:
        StackError: they cannot be started.
    """
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(_up(settings, parts, scale)) as (held, blueprint),
    ):
        yield Running(portal, held, blueprint)


@asynccontextmanager
async def _up(
    settings: Settings, parts: Iterable[Part], scale: Scale | None
) -> AsyncIterator[tuple[Supervisor, Blueprint]]:
    folder = Folder(settings.folder)
    async with hold(folder, Console(quiet=True)) as held:
        blueprint = Blueprint(settings, folder, parts, scale)
        await Startup(blueprint, held).run()
        yield held, blueprint
