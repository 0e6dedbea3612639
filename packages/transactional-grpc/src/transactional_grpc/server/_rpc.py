"""A service as the server sees it; the generated `*_rpc` modules build these."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from google.protobuf.message import Message

from rpc_access import Access
from transactional_grpc.database import Database, Transaction

D = TypeVar("D")


@dataclass(frozen=True, slots=True)
class Method(Generic[D]):
    """One RPC and the function that handles it."""

    name: str
    call: Callable[[Transaction[D], Any], Awaitable[Message]]
    request: type[Message]
    response: type[Message]
    writes: bool
    """Whether it needs a transaction: the contract says NO_SIDE_EFFECTS when not."""
    idempotency_scope: str
    """The request field that scopes an Idempotency-Key; empty when the method takes none."""
    access: Access | None = None
    """Who may call the method; with access control, a call of a method without it is rejected."""


@dataclass(frozen=True, slots=True)
class EventIds:
    """The fields by which a client resumes a stream after a lost connection."""

    id: Callable[[Any], str]
    """Returns the id of a response."""
    last_id: Callable[[Any], str]
    """Returns the id of the last response that the client received; empty for a new stream."""


@dataclass(frozen=True, slots=True)
class StreamingMethod(Generic[D]):
    """One RPC with a stream of responses, and the asynchronous generator that handles it.

    The generator gets the database instead of a transaction: a stream may last for an hour, and must not hold a
    connection for that time. Its first response says how things are now.
    """

    name: str
    call: Callable[[Database[D], Any], AsyncGenerator[Message, None]]
    request: type[Message]
    response: type[Message]
    events: EventIds | None = None
    """The ids of the responses. If the first response is the last one that the client received, it isn't sent again."""
    access: Access | None = None
    """Who may call the method; with access control, a call of a method without it is rejected."""


@dataclass(frozen=True, slots=True)
class Service(Generic[D]):
    """All methods of a service."""

    name: str
    domain: str
    """The `domain` of the service's errors (AIP-193)."""
    methods: tuple[Method[D] | StreamingMethod[D], ...]
