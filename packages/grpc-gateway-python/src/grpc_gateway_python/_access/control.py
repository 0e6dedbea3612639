"""What access control consists of."""

from dataclasses import dataclass, field

from grpc_gateway_python._access.caller_limits import CallerLimits
from rpc_access import BearerTokens, CallerTokenSigner


@dataclass(frozen=True)
class AccessControl:
    """Verifies who calls, and enforces the access rules of the contract.

    A method without a rule is closed. The client's Authorization header isn't forwarded to services.
    """

    tokens: BearerTokens
    """Verifies the tokens of clients; the gateway starts and stops it."""
    signer: CallerTokenSigner | None = None
    """Signs the internal tokens for services; None if they get none."""
    limits: CallerLimits = field(default_factory=CallerLimits)
    """The bounds per caller and per address."""
