"""Facts that a schema can't express for schemathesis: which values are taken, and which page tokens exist.

What makes a request invalid is never touched.
"""

import os
import re
from collections import defaultdict
from typing import Any
from uuid import uuid4

import schemathesis
from schemathesis import Case, CheckContext, HookContext, Response
from schemathesis.core.parameters import ParameterLocation

from tests.e2e.schemathesis import streams  # noqa: F401 - its hooks
from tests.e2e.schemathesis.canceled_order import USER as USER_OF_CANCELED_ORDER
from tests.e2e.schemathesis.canceled_order import canceled_order

if HAS_ACCESS_CONTROL := "STACK_FOLDER" in os.environ:
    from tests.e2e.schemathesis.tokens import authorization, follow_user, remember_owners

PAGE_TOKEN = "page_token"
NEXT_PAGE_TOKEN = "next_page_token"
PAGE_SIZE = "page_size"
STATUS = "status"
KEY = "Idempotency-Key"
USER = "user_id"
ORDER = "order_id"
CREATE_ACCOUNT = "POST /accounts"
CANCEL_ORDER = "POST /orders/{order_id}/cancel"
PRECONDITIONS = {
    "POST /accounts/{user_id}/top-ups": "BALANCE_LIMIT_EXCEEDED",
    CANCEL_ORDER: "ORDER_ENDED",
}
"""Operation → the reason for which a valid request may fail with 400."""
UUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
OK = 200
BAD_REQUEST = 400
RENEWING = ("coverage", "fuzzing")
"""Phases that repeat values so often that most requests would conflict; the others do conflict."""
STATEFUL = "stateful"
"""The phase whose requests are about what earlier responses contain."""

Place = tuple[str, str, str]

issued: dict[str, Place] = {}
"""Page token → the list that it continues."""
taken: defaultdict[str, set[str]] = defaultdict(set)
"""Operation → the keys that it was sent; USER → the users whose accounts were requested."""


@schemathesis.hook
def before_call(context: HookContext, case: Case[Any], kwargs: dict[str, Any]) -> None:
    """Removes values that the server would reject for a reason that no schema can express."""
    if case.meta is None:
        return
    if case.meta.generation.mode.is_positive:
        drop_unknown_token(case)
        if case.meta.phase.name.value != STATEFUL:
            name_canceled_order(case)
    else:
        keep_number_unknown(case)
    if case.meta.phase.name.value in RENEWING:
        renew_key(case)
        renew_user(case)
    if HAS_ACCESS_CONTROL:
        follow_user(case)


def keep_number_unknown(case: Case[Any]) -> None:
    """The number of an enum's value is valid, which the specification says in an extension only."""
    number = (case.query or {}).get(STATUS)
    if isinstance(number, int | str) and str(number).isdecimal():
        case.query[STATUS] = f"number {number}"


def name_canceled_order(case: Case[Any]) -> None:
    """Orders with other ids don't exist or have ended: nearly all requests would fail."""
    if case.operation.label == CANCEL_ORDER:
        header = authorization(USER_OF_CANCELED_ORDER) if HAS_ACCESS_CONTROL else ""
        case.path_parameters[ORDER] = canceled_order(str(case.operation.base_url), header)


def drop_unknown_token(case: Case[Any]) -> None:
    """A token continues the list that it was issued for, and no other one (AIP-158)."""
    token = (case.query or {}).get(PAGE_TOKEN)
    if token and issued.get(token) != place(case):
        del case.query[PAGE_TOKEN]


def renew_key(case: Case[Any]) -> None:
    """A used Idempotency-Key conflicts, and would hide that an invalid request is accepted."""
    meta = case.meta
    if (
        meta is None
        or meta.is_negative_at(ParameterLocation.HEADER)
        or KEY not in (case.headers or {})
    ):
        return
    sent = taken[case.operation.label]
    if case.headers[KEY] in sent:
        case.headers[KEY] = str(uuid4())
    sent.add(case.headers[KEY])


def renew_user(case: Case[Any]) -> None:
    """A user has one account, so a second one conflicts."""
    if case.operation.label != CREATE_ACCOUNT or not isinstance(case.body, dict):
        return
    sent = taken[USER]
    user = str(case.body.get(USER)).lower()
    if user in sent:
        user = str(uuid4())
        case.body = {**case.body, USER: user}
    elif UUID.fullmatch(user):
        sent.add(user)


@schemathesis.check
def valid_request_fails_for_its_precondition_only(
    ctx: CheckContext, response: Response, case: Case[Any]
) -> None:
    """The configuration lets valid requests of some operations fail with 400, which depends on earlier requests."""
    precondition = PRECONDITIONS.get(case.operation.label)
    if precondition is None or case.meta is None or response.status_code != BAD_REQUEST:
        return
    if case.meta.generation.mode.is_positive:
        reasons = [detail.get("reason") for detail in response.json()["details"]]
        assert reasons == [precondition], f"valid request rejected: {response.text}"


@schemathesis.hook
def after_call(context: HookContext, case: Case[Any], response: Response) -> None:
    """Remembers the page tokens that the server issues, and the owners of orders."""
    if HAS_ACCESS_CONTROL:
        remember_owners(case, response)
    is_json = response.headers.get("content-type") == ["application/json"]
    if response.status_code == OK and is_json and case.query and case.method == "GET":
        token = response.json().get(NEXT_PAGE_TOKEN)
        if token:
            issued[token] = place(case)


def place(case: Case[Any]) -> Place:
    """The list that a request reads: everything but which page of it."""
    query = {name: case.query[name] for name in case.query if name not in (PAGE_TOKEN, PAGE_SIZE)}
    path = sorted(case.path_parameters.items())
    return case.operation.label, repr(path), repr(sorted(query.items()))
