"""The translation of a rule: keywords, and prose where no keyword expresses the rule."""

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass
class Translation:
    """The rules of a value as keywords of JSON Schema and as prose."""

    keywords: Json = field(default_factory=dict)
    prose: list[str] = field(default_factory=list)
    """A sentence without its subject for each rule that no keyword expresses: `must be in the past.`"""

    def add(self, other: "Translation") -> None:
        """Adds the translation of further rules of the same value."""
        self.keywords |= other.keywords
        self.prose += other.prose

    def nest(self, keyword: str, other: "Translation", subject: str) -> None:
        """Adds the translation of the rules of a list's items or a map's values.

        Args:
            keyword: The keyword that holds the part's schema, such as `items`.
            other: The translation of the part's rules.
            subject: The part in prose, such as `each item`.
        """
        if other.keywords:
            self.keywords[keyword] = other.keywords
        self.prose += [f"{subject} {sentence}" for sentence in other.prose]
