"""Access control of RPCs: who may call a method, which resources a caller owns, and the tokens that say who calls."""

from rpc_access._access import Access
from rpc_access._bearer_tokens import BearerTokens
from rpc_access._caller import Caller
from rpc_access._caller_tokens import METADATA as CALLER_TOKEN
from rpc_access._caller_tokens import CallerTokenSigner, CallerTokenVerifier
from rpc_access._errors import KeySourceError, KeysUnavailableError, TokenError
from rpc_access._log_rate import LogRate
from rpc_access._token_rules import ALGORITHMS
from rpc_access._verified_token import VerifiedToken

__all__ = [
    "ALGORITHMS",
    "CALLER_TOKEN",
    "Access",
    "BearerTokens",
    "Caller",
    "CallerTokenSigner",
    "CallerTokenVerifier",
    "KeySourceError",
    "KeysUnavailableError",
    "LogRate",
    "TokenError",
    "VerifiedToken",
]
