"""Logs of processes: a new file for each start, a bounded number of the earlier ones beside it."""

import os
from pathlib import Path
from typing import BinaryIO

EARLIER_LOGS_MAX = 5
"""As many as a process has starts within a minute, so that its first crash can be read."""


def open_new(log: Path) -> BinaryIO:
    """Opens an empty log that only its owner can read; `kafka.log` becomes `kafka.1.log`."""
    log.parent.mkdir(mode=0o700, exist_ok=True)
    if log.exists():
        for number in range(EARLIER_LOGS_MAX - 1, 0, -1):
            if earlier(log, number).exists():
                earlier(log, number).replace(earlier(log, number + 1))
        log.replace(earlier(log, 1))
    return os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def earlier(log: Path, number: int) -> Path:
    """The log of an earlier start; 1 is the one before this."""
    return log.with_name(f"{log.stem}.{number}{log.suffix}")
