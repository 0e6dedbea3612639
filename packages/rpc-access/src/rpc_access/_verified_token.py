"""What a verified token says."""

from dataclasses import dataclass

from rpc_access._caller import Caller


@dataclass(frozen=True, slots=True)
class VerifiedToken:
    """The content of a token whose signature and claims are right."""

    caller: Caller
    expires_at: float
    """Until when the token is accepted, in seconds since the epoch, with the clock skew."""
