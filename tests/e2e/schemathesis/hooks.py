"""What a schema can't tell schemathesis: which page tokens exist.

A token is good only where the server issued it, with the filters of that request (AIP-158), so
valid requests carry issued tokens or none. Invalid requests stay as they are.
"""

from typing import Any

import schemathesis
from schemathesis import Case, HookContext, Response

PAGE_TOKEN = "page_token"
NEXT_PAGE_TOKEN = "next_page_token"
PAGE_SIZE = "page_size"
OK = 200

Place = tuple[str, str, str]

issued: dict[str, Place] = {}
"""Token → the list that it continues."""


def place(case: Case) -> Place:
    """The list that a request reads: everything but which page of it."""
    filters = {
        name: value for name, value in case.query.items() if name not in (PAGE_TOKEN, PAGE_SIZE)
    }
    return (
        case.operation.label,
        repr(sorted(case.path_parameters.items())),
        repr(sorted(filters.items())),
    )


@schemathesis.hook
def before_call(context: HookContext, case: Case, kwargs: dict[str, Any]) -> None:
    """Drops tokens that no server issued from requests that are meant to be valid."""
    token = case.query.get(PAGE_TOKEN) if case.query else None
    positive = case.meta is not None and case.meta.generation.mode.is_positive
    if token and positive and issued.get(token) != place(case):
        del case.query[PAGE_TOKEN]


@schemathesis.hook
def after_call(context: HookContext, case: Case, response: Response) -> None:
    """Remembers the tokens that the server issues."""
    if response.status_code == OK and case.query and case.method == "GET":
        token = response.json().get(NEXT_PAGE_TOKEN)
        if token:
            issued[token] = place(case)
