"""Access tokens for requests of schemathesis to a system with access control, which STACK_FOLDER names."""

from functools import cache
from typing import Any
from uuid import UUID

import schemathesis
from schemathesis import AuthContext, Case, Response

from embedded_stack.client import access_token
from tests.shop_topology import TOPOLOGY

AUTHORIZATION = "Authorization"
USER = "user_id"
ORDER = "order_id"
ORDER_REFERENCE = "reference_order_id"
ERROR_MIN = 300
NOBODY = str(UUID(int=0))

owners: dict[str, str] = {}
"""Order → its user."""
issued: set[str] = set()
"""The values of the header that hooks may change: others are what schemathesis tries on purpose."""


@cache
def authorization(user: str) -> str:
    """Returns the header of a user."""
    value = f"Bearer {access_token(TOPOLOGY, user)}"
    issued.add(value)
    return value


def user_of(case: Case[Any]) -> str:
    """Returns the user whose token lets a request through: the one that it names, or whose order it reads."""
    parts = (case.body, case.path_parameters, case.query)
    fields = {
        name: value for part in parts if isinstance(part, dict) for name, value in part.items()
    }
    user = fields.get(USER) or owners.get(str(fields.get(ORDER)), NOBODY)
    return user if isinstance(user, str) and user.isascii() and user.isprintable() else NOBODY


@schemathesis.auth(refresh_interval=None)
class UserTokens:
    """Authenticates each request as its user."""

    def get(self, case: Case[Any], _: AuthContext) -> str:
        """Returns the header."""
        return authorization(user_of(case))

    def set(self, case: Case[Any], data: str, _: AuthContext) -> None:
        """Adds the header."""
        case.headers[AUTHORIZATION] = data


def is_json(response: Response) -> bool:
    """Returns whether a response is JSON; a stream of events isn't."""
    return response.headers.get("content-type", [""])[0] == "application/json"


def follow_user(case: Case[Any]) -> None:
    """Authenticates a request as another user, after a hook has changed the user that it names."""
    headers: dict[str, Any] = dict(case.headers or {})
    if headers.get(AUTHORIZATION) in issued:
        case.headers[AUTHORIZATION] = authorization(user_of(case))


def remember_owners(case: Case[Any], response: Response) -> None:
    """Remembers whose the orders of a response are, including those of an earlier run."""
    if response.status_code >= ERROR_MIN or not is_json(response):
        return
    body = response.json()
    for order in (body, *body.get("orders", ())):
        if USER in order:
            owners[order["id"]] = order[USER]
    for transaction in body.get("transactions", ()):
        if order_id := transaction.get(ORDER_REFERENCE):
            owners[order_id] = user_of(case)
