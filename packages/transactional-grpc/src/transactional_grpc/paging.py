"""Pages of lists: AIP-158, over a keyset of creation time and id."""

import base64
import binascii
import copy
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol, TypeVar
from uuid import UUID

from google.protobuf.descriptor import Descriptor
from google.protobuf.message import DecodeError

from rpc_contract.errors import FieldViolation
from rpc_contract.v1.contract_errors import invalid_page_token
from transactional_grpc.timestamps import timestamp
from transactional_grpc.v1.page_token_pb2 import PageToken

PAGE_SIZE_DEFAULT = 50
PAGE_SIZE_MAX = 250
DIGEST_BYTES = 8
WRONG_TOKEN = FieldViolation(
    "page_token", "must be a next_page_token of the same list with the same filters"
)


class PageRequest(Protocol):
    """Any request for a page of a list."""

    DESCRIPTOR: Descriptor
    page_size: int
    page_token: str

    def SerializeToString(self, *, deterministic: bool = ...) -> bytes:  # noqa: N802 - Protobuf's own name
        """Every Protobuf message has this."""
        ...


class Row(Protocol):
    """Any row that can be listed newest first."""

    @property
    def id(self) -> UUID:
        """Breaks ties between rows of one instant."""
        ...

    @property
    def created_at(self) -> datetime:
        """What the list is sorted by."""
        ...


R = TypeVar("R", bound=Row)


@dataclass(frozen=True, slots=True)
class Page:
    """What a list query needs, and what makes the token of the page after."""

    before_created_at: datetime
    before_id: UUID
    size: int
    filters: bytes

    @classmethod
    def of(cls, request: PageRequest) -> "Page":
        """Reads a list request; the first page starts before the end of time.

        Raises:
            ServiceError: the token is damaged, foreign, or of a request with other filters.
        """
        size = min(request.page_size or PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX)
        filters = _filters(request)
        if not request.page_token:
            return cls(datetime.max.replace(tzinfo=UTC), UUID(int=2**128 - 1), size, filters)
        token = _decoded(request.page_token)
        if token is None or token.digest != _digest(token, filters):
            raise invalid_page_token().with_violations([WRONG_TOKEN])
        try:
            return cls(token.created_at.ToDatetime(UTC), UUID(bytes=token.id), size, filters)
        except (ValueError, OverflowError):  # the digest keeps no forger out
            raise invalid_page_token().with_violations([WRONG_TOKEN]) from None

    @property
    def limit(self) -> int:
        """One row more than the page has, which tells whether there is a page after."""
        return self.size + 1

    def cut(self, rows: Sequence[R]) -> tuple[Sequence[R], str]:
        """Returns the page's rows and the token of the page after, empty on the last."""
        if len(rows) <= self.size:
            return rows, ""
        page = rows[: self.size]
        token = PageToken(created_at=timestamp(page[-1].created_at), id=page[-1].id.bytes)
        token.digest = _digest(token, self.filters)
        return page, _encoded(token.SerializeToString())


def _filters(request: PageRequest) -> bytes:
    rest = copy.deepcopy(request)
    rest.page_size = 0
    rest.page_token = ""
    return f"{request.DESCRIPTOR.full_name}:".encode() + rest.SerializeToString(deterministic=True)


def _digest(token: PageToken, filters: bytes) -> bytes:
    position = PageToken(created_at=token.created_at, id=token.id)
    content = position.SerializeToString(deterministic=True) + filters
    return hashlib.blake2b(content, digest_size=DIGEST_BYTES).digest()


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _decoded(text: str) -> PageToken | None:
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        # The decoder also accepts "+", "/", foreign characters and spare bits: other texts for the same bytes.
        return PageToken.FromString(data) if _encoded(data) == text else None
    except (binascii.Error, DecodeError, ValueError):
        return None
