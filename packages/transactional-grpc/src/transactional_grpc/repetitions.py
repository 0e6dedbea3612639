"""Keeps an error that repeats from being logged each time."""

import re
import time

QUIET_SECONDS = 30.0
"""A text is new again after it was not seen for this long."""
TEXTS_MAX = 100

NUMBER = re.compile(r"\d+")


class Repetitions:
    """Tells new texts from repeated ones; texts that differ in numbers only are the same."""

    def __init__(self) -> None:
        self._seen: dict[str, float] = {}

    def is_new(self, text: str) -> bool:
        """Returns whether a text was not seen for QUIET_SECONDS."""
        kind, now = NUMBER.sub("", text), time.monotonic()
        quiet = now - self._seen.get(kind, -QUIET_SECONDS)
        if len(self._seen) == TEXTS_MAX and kind not in self._seen:
            self._seen.clear()
        self._seen[kind] = now
        return quiet >= QUIET_SECONDS
