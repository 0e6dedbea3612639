"""librdkafka's log without repetitions: it would log an unreachable broker at each attempt."""

import logging

from transactional_grpc.repetitions import Repetitions


def client_log(kind: str) -> logging.Logger:
    """Returns the logger of the clients of a kind; they share it."""
    logger = logging.getLogger(f"kafka.{kind}")
    if not logger.filters:
        logger.addFilter(_NewTexts())
    return logger


class _NewTexts(logging.Filter):
    def __init__(self) -> None:
        super().__init__()
        self._repetitions = Repetitions()

    def filter(self, record: logging.LogRecord) -> bool:
        return self._repetitions.is_new(record.getMessage())
