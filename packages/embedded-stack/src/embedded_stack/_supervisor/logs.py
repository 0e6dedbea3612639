"""Logs of processes: one file per start; a bounded number of earlier files is kept."""

import os
from pathlib import Path
from typing import BinaryIO

EARLIER_LOGS_MAX = 5
"""The starts of a crashing process within a minute, so that the log of its first crash is kept."""


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
    """Returns the log of an earlier start; 1 is the latest of them."""
    return log.with_name(f"{log.stem}.{number}{log.suffix}")
