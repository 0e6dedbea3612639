"""The errors of tokens and keys."""


class TokenError(Exception):
    """A token is rejected.

    Args:
        reason: Why, in a few words without any part of the token: it may stand in a log.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class KeysUnavailableError(Exception):
    """No verification key is known yet, so no token can be verified; retry later."""


class KeySourceError(Exception):
    """The keys can't be read; the text names the place."""
