import base64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from hypothesis import given
from hypothesis import strategies as st

from rpc_contract.errors import ServiceError
from transactional_grpc import paging as pages
from transactional_grpc.paging import PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX, Page
from transactional_grpc.v1.page_token_pb2 import PageToken
from transactional_grpc_tests.unit.contracts import message_classes

MESSAGES = message_classes()
ListOrdersRequest = MESSAGES["ListOrdersRequest"]
ListTransactionsRequest = MESSAGES["ListTransactionsRequest"]

USER = str(uuid4())
START = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Row:
    created_at: datetime
    id: UUID


def query(rows: list[Row], page: Page) -> list[Row]:
    """What the SQL of a list does."""
    before = (page.before_created_at, page.before_id)
    ordered = sorted(rows, key=lambda row: (row.created_at, row.id), reverse=True)
    return [row for row in ordered if (row.created_at, row.id) < before][: page.limit]


# Few instants, so that ids have to break ties.
rows = st.lists(
    st.builds(Row, st.integers(0, 3).map(lambda s: START + timedelta(seconds=s)), st.uuids()),
    unique_by=lambda row: row.id,
    max_size=30,
)


@given(rows, st.integers(1, 7))
def test_pages_together_are_the_whole_list(rows: list[Row], page_size: int) -> None:
    seen: list[Row] = []
    token = ""
    for _ in range(len(rows) + 1):
        request = ListOrdersRequest(user_id=USER, page_size=page_size, page_token=token)
        page = Page.of(request)
        part, token = page.cut(query(rows, page))
        assert len(part) <= page_size
        seen += part
        if not token:
            break
    assert seen == sorted(rows, key=lambda row: (row.created_at, row.id), reverse=True)


@pytest.mark.parametrize(
    ("asked", "size"),
    [(0, PAGE_SIZE_DEFAULT), (1, 1), (PAGE_SIZE_MAX, PAGE_SIZE_MAX), (2**31 - 1, PAGE_SIZE_MAX)],
)
def test_page_size_is_coerced(asked: int, size: int) -> None:
    assert Page.of(ListOrdersRequest(user_id=USER, page_size=asked)).size == size


def token_of(request: Any) -> str:
    many = [Row(START, uuid4()) for _ in range(3)]
    return Page.of(request).cut(many)[1]


def assert_rejected(request: Any) -> None:
    with pytest.raises(ServiceError) as rejected:
        Page.of(request)
    assert rejected.value.reason == "INVALID_PAGE_TOKEN"
    assert [violation.field for violation in rejected.value.violations] == ["page_token"]


def test_a_token_of_other_filters_is_rejected() -> None:
    token = token_of(ListOrdersRequest(user_id=USER, page_size=2))
    Page.of(ListOrdersRequest(user_id=USER, page_size=7, page_token=token))
    assert_rejected(ListOrdersRequest(user_id=str(uuid4()), page_token=token))
    assert_rejected(ListOrdersRequest(user_id=USER, status=ListOrdersRequest.NEW, page_token=token))


def test_a_token_of_another_list_is_rejected() -> None:
    token = token_of(ListOrdersRequest(user_id=USER, page_size=2))
    assert_rejected(ListTransactionsRequest(user_id=USER, page_token=token))


@given(st.data())
def test_a_damaged_token_is_rejected(data: st.DataObject) -> None:
    token = token_of(ListOrdersRequest(user_id=USER, page_size=2))
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.characters(max_codepoint=127).filter(lambda c: c != token[place]))
    assert_rejected(
        ListOrdersRequest(user_id=USER, page_token=token[:place] + other + token[place + 1 :])
    )


@pytest.mark.parametrize(("character", "other"), [("-", "+"), ("_", "/")])
def test_a_token_in_the_alphabet_of_ordinary_base64_is_rejected(character: str, other: str) -> None:
    request = ListOrdersRequest(user_id=USER, page_size=2)
    tokens = (token_of(request) for _ in range(1000))  # ids are random, so most tokens have both
    token = next(token for token in tokens if character in token)
    assert_rejected(ListOrdersRequest(user_id=USER, page_token=token.replace(character, other, 1)))


@given(st.text())
def test_foreign_text_is_rejected(text: str) -> None:
    if text:
        assert_rejected(ListOrdersRequest(user_id=USER, page_token=text))


@pytest.mark.parametrize(
    "forged",
    [
        PageToken(created_at=Timestamp(seconds=10**17), id=bytes(16)),
        PageToken(created_at=Timestamp(seconds=1, nanos=-1), id=bytes(16)),
        PageToken(created_at=Timestamp(seconds=1), id=b"short"),
        PageToken(),
    ],
)
def test_a_token_of_no_place_is_rejected(forged: PageToken) -> None:
    request = ListOrdersRequest(user_id=USER)
    forged.digest = pages._digest(forged, pages._filters(request))
    request.page_token = base64.urlsafe_b64encode(forged.SerializeToString()).decode().rstrip("=")
    with pytest.raises(ServiceError) as rejected:
        Page.of(request)
    assert rejected.value.reason == "INVALID_PAGE_TOKEN"
    assert [violation.field for violation in rejected.value.violations] == ["page_token"]
