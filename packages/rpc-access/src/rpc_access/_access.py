"""The access rule of a method, as its contract declares it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from google.protobuf.message import Message

from rpc_access._caller import Caller
from rpc_contract import ServiceError


@dataclass(frozen=True, slots=True)
class Access:
    """Who may call a method, and whose resources a call may touch.

    A method without a rule is closed: a server with access control rejects its calls.
    """

    public: bool = False
    """Whether everybody may call the method, also without a token."""
    scope: str = ""
    """The OAuth 2.0 scope that the caller needs; empty if every caller with a token may call."""
    owner: str = ""
    """The path of the request field that must equal the caller's subject, such as `user_id`."""
    response_owner: str = ""
    """The path of the response field that must equal the caller's subject, such as `order.user_id`."""
    hidden_as: Callable[[Any], ServiceError] | None = None
    """Returns the error that replaces somebody else's resource, as if it didn't exist.

    Its argument is the request message.
    """
    _owner_of: Callable[[Message], Any] | None = field(init=False, repr=False, compare=False)
    _response_owner_of: Callable[[Message], Any] | None = field(
        init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        """Compiles the paths.

        Raises:
            ValueError: The rule contradicts itself.
        """
        if self.public and (self.scope or self.owner or self.response_owner):
            raise ValueError("access: a public method has no scope and no owner")
        if bool(self.response_owner) != (self.hidden_as is not None):
            raise ValueError("access: response_owner and hidden_as belong together")
        owner = attrgetter(self.owner) if self.owner else None
        response_owner = attrgetter(self.response_owner) if self.response_owner else None
        object.__setattr__(self, "_owner_of", owner)
        object.__setattr__(self, "_response_owner_of", response_owner)

    def grants_scope(self, caller: Caller) -> bool:
        """Returns whether the caller has the scope that the method needs."""
        return not self.scope or self.scope in caller.scopes

    def owns_request(self, caller: Caller, request: Message) -> bool:
        """Returns whether the request is about the caller's own resources, or has no owner."""
        return self._owner_of is None or self._owner_of(request) == caller.subject

    def owns_response(self, caller: Caller, response: Message) -> bool:
        """Returns whether the response is the caller's own resource, or has no owner."""
        return (
            self._response_owner_of is None or self._response_owner_of(response) == caller.subject
        )
