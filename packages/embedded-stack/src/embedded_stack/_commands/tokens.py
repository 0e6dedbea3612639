"""Access tokens of the running stack's issuer."""

from collections.abc import Collection

from embedded_stack._commands import control
from embedded_stack._issuer.keys import IssuerKeys
from embedded_stack._issuer.server import issuer_url
from embedded_stack._issuer.tokens import AccessTokens
from embedded_stack._plan.settings import Settings
from embedded_stack._supervisor.folder import Folder
from embedded_stack.errors import StackError
from embedded_stack.servers import ISSUER


def token(
    settings: Settings, user: str, scopes: Collection[str] | None, expires_seconds: int
) -> str:
    """Returns a token of a user; see `AccessTokens.sign`.

    Raises:
        StackError: no issuer runs, or an argument is wrong.
    """
    return _tokens(settings).sign(user, scopes, expires_seconds)


def rotate(settings: Settings) -> str:
    """Makes the issuer sign with a new key; returns what it did.

    Raises:
        StackError: no issuer runs.
    """
    tokens = _tokens(settings)
    tokens.keys.rotate()
    return f"{tokens.issuer} signs with the new key {tokens.keys.signing.kid}"


def _tokens(settings: Settings) -> AccessTokens:
    auth = settings.topology.auth
    command = f"`{settings.topology.command} up --auth`"
    try:
        record = control.status(settings)
    except StackError as down:
        raise StackError(f"{down}: {command} starts it with an issuer of tokens") from None
    if auth is None or ISSUER not in record.processes:
        raise StackError(f"the stack runs without access control, so it needs no tokens: {command}")
    keys = IssuerKeys(Folder(settings.folder))
    return AccessTokens(keys, issuer_url(record.ports["issuer_port"]), auth)
