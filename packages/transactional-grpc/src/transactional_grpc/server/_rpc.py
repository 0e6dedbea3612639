"""A service as the server sees it; the generated `*_rpc` modules build these."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from google.protobuf.message import Message

from rpc_access import Access
from transactional_grpc.database import Transaction

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
class Service(Generic[D]):
    """All methods of a service."""

    name: str
    domain: str
    """The `domain` of the service's errors (AIP-193)."""
    methods: tuple[Method[D], ...]
