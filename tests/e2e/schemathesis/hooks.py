"""What a schema can't tell schemathesis: which values are taken, and which page tokens exist.

The hooks touch requests that are meant to be valid, and leave invalid ones as they are.
"""

from collections import defaultdict
from typing import Any
from uuid import uuid4

import schemathesis
from schemathesis import Case, HookContext, Response

PAGE_TOKEN = "page_token"
NEXT_PAGE_TOKEN = "next_page_token"
PAGE_SIZE = "page_size"
KEY = "Idempotency-Key"
USER = "user_id"
CREATE_ACCOUNT = "POST /accounts"
OK = 200
RENEWING = ("coverage", "fuzzing")
"""Phases that repeat values so often that most requests would conflict; the others do meet conflicts."""

Place = tuple[str, str, str]

issued: dict[str, Place] = {}
"""Page token → the list that it continues."""
taken: defaultdict[str, set[str]] = defaultdict(set)
"""Operation → the keys and users that it was sent, each of which succeeds once."""


@schemathesis.hook
def before_call(context: HookContext, case: Case[Any], kwargs: dict[str, Any]) -> None:
    """Makes a valid request acceptable."""
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    token = (case.query or {}).get(PAGE_TOKEN)
    if token and issued.get(token) != place(case):
        del case.query[PAGE_TOKEN]  # a token continues the list that it was issued for (AIP-158)
    if case.meta.phase.name.value in RENEWING:
        renew_taken_values(case)


def renew_taken_values(case: Case[Any]) -> None:
    """Gives a repeated Idempotency-Key, or a repeated user of a new account, a new value."""
    sent = taken[case.operation.label]
    if case.headers and KEY in case.headers:
        if case.headers[KEY] in sent:
            case.headers[KEY] = str(uuid4())
        sent.add(case.headers[KEY])
    if case.operation.label == CREATE_ACCOUNT and isinstance(case.body, dict):
        user = str(case.body[USER]).lower()
        if user in sent:
            user = str(uuid4())
            case.body = {**case.body, USER: user}
        sent.add(user)


@schemathesis.hook
def after_call(context: HookContext, case: Case[Any], response: Response) -> None:
    """Remembers the tokens that the server issues."""
    if response.status_code == OK and case.query and case.method == "GET":
        token = response.json().get(NEXT_PAGE_TOKEN)
        if token:
            issued[token] = place(case)


def place(case: Case[Any]) -> Place:
    """The list that a request reads: everything but which page of it."""
    query = {name: case.query[name] for name in case.query if name not in (PAGE_TOKEN, PAGE_SIZE)}
    path = sorted(case.path_parameters.items())
    return case.operation.label, repr(path), repr(sorted(query.items()))
