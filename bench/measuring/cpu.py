"""CPU time by process."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

import psutil

Processes = Mapping[str, Iterable[int]]
"""Name of a part → the ids of its processes; their descendants count as well."""


def cpu_seconds(processes: Processes) -> dict[str, float]:
    """Returns the CPU seconds of all threads of the parts since their start, ended descendants included."""
    return {part: sum(map(_of_tree, pids)) for part, pids in processes.items()}


@contextmanager
def cpu_used(processes: Processes) -> Iterator[dict[str, float]]:
    """Yields a dictionary that has each part's CPU seconds of the block once the block has ended."""
    used: dict[str, float] = {}
    before = cpu_seconds(processes)
    yield used
    after = cpu_seconds(processes)
    used.update({part: after[part] - before[part] for part in after})


def _of_tree(pid: int) -> float:
    root = psutil.Process(pid)
    return sum(map(_of_process, [root, *root.children(recursive=True)]))


def _of_process(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:  # it ended meanwhile: its parent's times include it from now on
        return 0.0
    return float(times.user + times.system + times.children_user + times.children_system)
