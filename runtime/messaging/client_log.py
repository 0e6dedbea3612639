"""What librdkafka logs, without its repetitions: it tells of a broker that is away at each attempt."""

import logging
import re
import time

REPEAT_SECONDS = 30.0
"""How soon the same is said again."""
TEXTS_MAX = 100

NUMBER = re.compile(r"\d+")


def client_log(kind: str) -> logging.Logger:
    """Returns the logger of the clients of a kind; they share it."""
    logger = logging.getLogger(f"kafka.{kind}")
    if not logger.filters:
        logger.addFilter(_Repetitions())
    return logger


class _Repetitions(logging.Filter):
    """Takes texts that differ in numbers only for the same."""

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        text, now = NUMBER.sub("", record.getMessage()), time.monotonic()
        if now - self._said.get(text, -REPEAT_SECONDS) < REPEAT_SECONDS:
            return False
        if len(self._said) == TEXTS_MAX:
            self._said.clear()
        self._said[text] = now
        return True
