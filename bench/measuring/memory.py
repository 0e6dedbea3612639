"""Memory by process, over time."""

import statistics
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import psutil

from bench.measuring.cpu import Processes

INTERVAL_SECONDS = 2.0
MEBIBYTE = 2**20

WARMUP = 0.2
"""The share of the time after which memory must be flat."""
COMPARED = 0.2
"""The share of the time after the warm-up, and before the end, whose medians are compared."""
BEGINNING, END = "after the warm-up", "at the end"

Samples = list[tuple[float, float]]
"""Seconds since the start, and MiB."""
Series = Mapping[str, Samples]
"""Part → its samples."""


@contextmanager
def memory_sampled(processes: Processes) -> Iterator[Series]:
    """Samples the memory of the parts during the block.

    A part's memory is the sum over its processes and their descendants of the unique set size. Pages that processes
    share, such as code and PostgreSQL's buffers, don't count: their share of a process changes when others begin or end.
    """
    series: dict[str, Samples] = {part: [] for part in processes}
    ended = threading.Event()
    start = time.monotonic()

    def sample() -> None:
        while not ended.wait(INTERVAL_SECONDS):
            for part, pids in processes.items():
                used = sum(map(_of_tree, pids)) / MEBIBYTE
                series[part].append((time.monotonic() - start, used))

    sampler = threading.Thread(target=sample, daemon=True)
    sampler.start()
    try:
        yield series
    finally:
        ended.set()
        sampler.join()


def compared(samples: Samples) -> dict[str, list[float]]:
    """Returns the MiB of the samples at the end, and of those after the warm-up."""
    seconds = samples[-1][0]
    warm, length = WARMUP * seconds, COMPARED * seconds
    return {
        END: [used for at, used in samples if at >= seconds - length],
        BEGINNING: [used for at, used in samples if warm <= at < warm + length],
    }


def growth(samples: Samples) -> float:
    """Returns the share by which the median at the end exceeds that after the warm-up."""
    medians = {place: statistics.median(values) for place, values in compared(samples).items()}
    return medians[END] / medians[BEGINNING] - 1


def _of_tree(pid: int) -> int:
    root = psutil.Process(pid)
    return sum(map(_of_process, [root, *root.children(recursive=True)]))


def _of_process(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().uss)
    except psutil.NoSuchProcess:  # it ended meanwhile
        return 0
