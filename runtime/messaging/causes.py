"""Which request caused an event: the one in work, or the one that caused the event in work."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

import structlog

_request_ids: ContextVar[Mapping[str, str]] = ContextVar("request_ids")


@contextmanager
def handling(request_ids: Mapping[str, str]) -> Iterator[None]:
    """Events that are published inside belong to the request ids given by key."""
    token = _request_ids.set(request_ids)
    try:
        yield
    finally:
        _request_ids.reset(token)


def request_id_of(key: str) -> str:
    """Returns the request that causes an event of this key now; empty when unknown."""
    by_key = _request_ids.get({})
    return by_key.get(key) or str(structlog.contextvars.get_contextvars().get("request_id", ""))
