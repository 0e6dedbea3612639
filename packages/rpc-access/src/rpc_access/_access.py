"""The access rule of a method, as its contract declares it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from google.protobuf.message import Message

from rpc_access._caller import Caller
from rpc_contract import ServiceError
from rpc_contract.v1.contract_errors import not_owner


@dataclass(frozen=True, slots=True)
class Access:
    """Who may call a method, and whose resources a call may touch.

    A method without a rule is closed: a server with access control rejects its calls.
    """

    public: bool = False
    """Whether everybody may call the method, also without a token."""
    scope: str = ""
    """The OAuth 2.0 scope that the caller needs; empty if every caller with a token may call."""
    owner: Callable[[Any], str] | None = None
    """Returns the field of the request message that must equal the caller's subject."""
    response_owner: Callable[[Any], str] | None = None
    """Returns the field of the response message that must equal the caller's subject."""
    hidden_as: Callable[[Any], ServiceError] | None = None
    """Returns the error that replaces another caller's resource, as if it didn't exist, from the request message."""

    def __post_init__(self) -> None:
        """Checks the rule.

        Raises:
            ValueError: The rule contradicts itself.
        """
        if self.public and (self.scope or self.owner or self.response_owner):
            raise ValueError("access: a public method has no scope and no owner")
        if self.hidden_as and not (self.owner or self.response_owner):
            raise ValueError("access: hidden_as needs an owner or a response_owner")

    def grants_scope(self, caller: Caller) -> bool:
        """Returns whether the caller has the scope that the method needs."""
        return not self.scope or self.scope in caller.scopes

    def owns_request(self, caller: Caller, request: Message) -> bool:
        """Returns whether the request is about the caller's own resources, or has no owner."""
        return self.owner is None or self.owner(request) == caller.subject

    def owns_response(self, caller: Caller, response: Message) -> bool:
        """Returns whether the response is the caller's own resource, or has no owner."""
        return self.response_owner is None or self.response_owner(response) == caller.subject

    def not_owned(self, request: Message) -> ServiceError:
        """Returns the error of a call about another caller's resource."""
        return not_owner() if self.hidden_as is None else self.hidden_as(request)
