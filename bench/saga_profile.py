"""Profiles our processes while orders are created, paid and read, with py-spy.

`./justw bench saga_profile` starts the servers and our shop alone, and prints the functions of each process in which
it spends the most time by itself, and those below which it spends the most, of the time in which a thread holds the
interpreter's lock. `--page` puts them into PERFORMANCE.md. Threads of libraries in C, such as those of grpcio and
librdkafka, count in the CPU time of the heading only.
"""

import os
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import psutil
import typer

from bench.measuring import go
from bench.measuring.processes import alone
from bench.measuring.report import PAGE, replace_block
from bench.shops.ours import SERVICES, our_shop
from bench.shops.servers import Servers, servers
from bench.shops.shop import Shop
from embedded_stack.errors import StackError

BENCHMARK = "bench saga_profile"
CONNECTIONS = 32
PARTS = ("gateway", *SERVICES)
SAMPLES_PER_SECOND = 200
TOP = 10
WAY_IN = ("Runner.run (asyncio", "Thread.run (threading", "_worker (concurrent")
"""Functions that only call: frames up to the last of them are left out."""
SITE_PACKAGES = re.compile(r".*/site-packages/|.*/lib/python3\.\d+/")


@dataclass
class Profile:
    """The samples of one process, and its CPU time."""

    own: Counter[str]
    below: Counter[str]
    """Function → samples of it and of all that it calls."""
    milliseconds: float
    """CPU time per order, of all threads."""
    python: float
    """The share of the threads that run Python."""

    @property
    def samples(self) -> int:
        return self.own.total()


def main(
    orders: Annotated[int, typer.Option(min=100, help="The orders of the profiled run.")] = 4000,
    ours_env: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="A variable of our processes; repeatable."),
    ] = None,
    page: Annotated[bool, typer.Option(help="Put the tables into PERFORMANCE.md, too.")] = False,
) -> None:
    """Profiles our shop under load."""
    settings = dict(word.partition("=")[::2] for word in ours_env or [])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("bench saga_profile: terminated"))
    os.environ.update(settings)
    try:
        with ExitStack() as opened:
            opened.enter_context(alone())
            load = go.build() / "load"
            base = opened.enter_context(servers())
            shop = opened.enter_context(our_shop(base, load, tuple(settings)))
            shop.open_accounts()
            saga(shop, orders)  # warms everything up
            profiles = profile(base, shop, orders)
    except (RuntimeError, TimeoutError, StackError, subprocess.CalledProcessError) as error:
        sys.exit(f"bench saga_profile: {error}")
    for part, found in profiles.items():
        print_costs(part, found)
    if page:
        replace_block(PAGE, BENCHMARK, "\n\n".join(markdown(*item) for item in profiles.items()))


def saga(shop: Shop, orders: int) -> float:
    """Runs orders to their end and returns the rate."""
    measured = shop.load.saga(
        connections=CONNECTIONS, orders=orders, users=shop.users, poor=shop.poor
    )
    return measured["per_s"]


def profile(base: Servers, shop: Shop, orders: int) -> dict[str, Profile]:
    """Profiles all of our processes during one run."""
    pids = {part: shop.processes()[part][0] for part in PARTS}
    before = {part: threads(pid) for part, pid in pids.items()}
    with ExitStack() as opened:
        files = {
            part: opened.enter_context(recorded(pid, base.folder / f"{part}.stacks"))
            for part, pid in pids.items()
        }
        saga(shop, orders)
        after = {part: threads(pid) for part, pid in pids.items()}
    return {
        part: read(files[part], spent(before[part], after[part]), pids[part], orders)
        for part in PARTS
    }


def threads(pid: int) -> dict[int, float]:
    """Returns thread → its CPU seconds so far."""
    return {
        thread.id: thread.user_time + thread.system_time for thread in psutil.Process(pid).threads()
    }


def spent(before: Mapping[int, float], after: Mapping[int, float]) -> dict[int, float]:
    """Returns thread → the CPU seconds between two readings."""
    return {thread: seconds - before.get(thread, 0.0) for thread, seconds in after.items()}


@contextmanager
def recorded(pid: int, file: Path) -> Iterator[Path]:
    """Samples the Python stacks of a process for the length of the block."""
    command = ("py-spy", "record", "--pid", str(pid), "--format", "raw", "--output", str(file))
    options = ("--rate", str(SAMPLES_PER_SECOND), "--duration", "unlimited", "--function", "--gil")
    recorder = subprocess.Popen(
        [*command, *options], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    try:
        yield file
    finally:
        recorder.send_signal(signal.SIGINT)
        _, errors = recorder.communicate(timeout=60)
    if not file.exists():
        raise RuntimeError(f"py-spy: {errors.strip()[-400:]}")


def read(file: Path, seconds: Mapping[int, float], pid: int, orders: int) -> Profile:
    """Reads collapsed stacks: `outermost;…;innermost count`."""
    own: Counter[str] = Counter()
    below: Counter[str] = Counter()
    for line in file.read_text().splitlines():
        stack, _, count = line.rpartition(" ")
        frames = inner([SITE_PACKAGES.sub("", frame) for frame in stack.split(";")])
        own[frames[-1]] += int(count)
        for frame in set(frames):
            below[frame] += int(count)
    together = sum(seconds.values())
    # The event loop runs in the main thread, whose id is the process's.
    python = seconds.get(pid, 0.0) / together if together else 0.0
    return Profile(own, below, together / orders * 1000, python)


def inner(frames: list[str]) -> list[str]:
    """Returns the frames below the event loop or the start of the thread."""
    last = max((n for n, frame in enumerate(frames) if frame.startswith(WAY_IN)), default=-1)
    return frames[last + 1 :] or frames[-1:]


def heading(part: str, found: Profile) -> str:
    """Returns a line with the CPU time of a process."""
    return (
        f"{part}: {found.milliseconds:.2f} ms of CPU per order,"
        f" {found.python:.0%} of it in the thread of the event loop"
    )


def print_costs(part: str, found: Profile) -> None:
    """Prints the largest costs of a process."""
    print(f"\n{heading(part, found)}")
    for title, counter in (("by itself", found.own), ("with what it calls", found.below)):
        print(f"  {title}:")
        for frame, count in counter.most_common(TOP if counter is found.own else 2 * TOP):
            print(f"    {count / max(1, found.samples):6.1%}  {frame}")


def markdown(part: str, found: Profile) -> str:
    """Returns a table of the functions below which a process spends the most."""
    rows = [
        f"| {count / max(1, found.samples):.0%} | {found.own[frame] / max(1, found.samples):.0%} | `{frame}` |"
        for frame, count in found.below.most_common(TOP)
    ]
    head = ["| with what it calls | by itself | function |", "| --: | --: | --- |"]
    return "\n".join([f"{heading(part, found)}:", "", *head, *rows])


if __name__ == "__main__":
    typer.run(main)
