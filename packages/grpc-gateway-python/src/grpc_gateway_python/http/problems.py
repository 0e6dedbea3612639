"""What the gateway refuses itself: a reason of the contract, and what HTTP says beside it."""

from typing import Final

from rpc_contract.errors import ServiceError

Header = tuple[bytes, bytes]
Headers = list[Header]

CLOSE: Final = (b"connection", b"close")
"""What is left of the request is not read, so nothing can follow it."""


class ProblemError(Exception):
    """A refusal that is answered before or instead of a service's answer, with its headers."""

    def __init__(self, refusal: ServiceError, *headers: Header) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal
        self.headers = headers
