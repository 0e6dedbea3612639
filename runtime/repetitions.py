"""What goes on failing is logged once."""

import re
import time

QUIET_SECONDS = 30.0
"""A text that wasn't seen for so long is new again."""
TEXTS_MAX = 100

NUMBER = re.compile(r"\d+")


class Repetitions:
    """Tells texts that are new from those that keep coming; they may differ in numbers."""

    def __init__(self) -> None:
        self._seen: dict[str, float] = {}

    def is_new(self, text: str) -> bool:
        """Whether a text was not seen for QUIET_SECONDS."""
        kind, now = NUMBER.sub("", text), time.monotonic()
        quiet = now - self._seen.get(kind, -QUIET_SECONDS)
        if len(self._seen) == TEXTS_MAX and kind not in self._seen:
            self._seen.clear()
        self._seen[kind] = now
        return quiet >= QUIET_SECONDS
