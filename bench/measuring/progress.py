"""The progress of a benchmark, line by line."""

import time

import psutil


def tell(line: str) -> None:
    """Prints a line with the time since the start of the process."""
    minutes, seconds = divmod(int(time.time() - psutil.Process().create_time()), 60)
    print(f"[{minutes:3d}:{seconds:02d}] {line}", flush=True)
