"""Retries while a dependency is unavailable, and logs each reason once."""

from collections.abc import AsyncIterator, Callable

import stamina
import structlog

from transactional_grpc.repetitions import Repetitions

WAIT_SECONDS_MIN = 0.1
WAIT_SECONDS_MAX = 5.0

log = structlog.get_logger()


def retrying(passes: Callable[[Exception], bool]) -> AsyncIterator[stamina.Attempt]:
    """Yields attempts with exponential back-off, without end, while `passes` accepts the error.

    Each error text is logged once.
    """
    repetitions = Repetitions()

    def retried(error: Exception) -> bool:
        if not passes(error):
            return False
        text = " ".join(str(error).split()) or type(error).__name__
        if repetitions.is_new(text):
            log.warning("waiting", reason=text)
        return True

    return stamina.retry_context(
        on=retried,
        attempts=None,
        timeout=None,
        wait_initial=WAIT_SECONDS_MIN,
        wait_max=WAIT_SECONDS_MAX,
    ).__aiter__()
