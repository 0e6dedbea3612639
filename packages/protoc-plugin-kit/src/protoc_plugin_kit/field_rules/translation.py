"""What a rule becomes: keywords, and prose where there is no keyword."""

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass
class Translation:
    """The keywords that say a rule, and a sentence for each part that no keyword says."""

    keywords: Json = field(default_factory=dict)
    unsaid: list[str] = field(default_factory=list)

    def add(self, other: "Translation") -> None:
        """Takes over another translation of the same value."""
        self.keywords |= other.keywords
        self.unsaid += other.unsaid

    def nest(self, keyword: str, other: "Translation", whose: str) -> None:
        """Takes over the translation of a part of the value: its items, its members."""
        if other.keywords:
            self.keywords[keyword] = other.keywords
        self.unsaid += [f"{whose} {sentence}" for sentence in other.unsaid]
