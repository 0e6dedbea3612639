"""The party that a verified token names."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Caller:
    """The party that calls, as a verified token describes it."""

    subject: str
    """The claim `sub` (RFC 7519)."""
    scopes: frozenset[str] = frozenset()
    """The OAuth 2.0 scopes that the token grants (RFC 6749, section 3.3)."""

    def __hash__(self) -> int:
        """Returns the hash of the subject: a subject seldom has tokens with different scopes."""
        return hash(self.subject)
