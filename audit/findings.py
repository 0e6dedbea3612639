"""What an audit finds."""

from collections import Counter
from dataclasses import dataclass, field

SHOWN_MAX = 20
"""Findings of one invariant that are kept to be shown; all are counted."""


@dataclass(slots=True)
class Findings:
    """Broken invariants, and what was looked at."""

    checked: Counter[str] = field(default_factory=Counter)
    broken: Counter[str] = field(default_factory=Counter)
    """Invariant → how often it is broken."""
    shown: dict[str, list[str]] = field(default_factory=dict)
    """Invariant → its first SHOWN_MAX findings, each with the row's name."""

    def add(self, invariant: str, finding: str) -> None:
        """Notes that an invariant is broken."""
        self.broken[invariant] += 1
        shown = self.shown.setdefault(invariant, [])
        if len(shown) < SHOWN_MAX:
            shown.append(finding)
