"""The result of an audit."""

from collections import Counter
from dataclasses import dataclass, field

SHOWN_MAX = 20
"""The maximum number of findings per invariant that are kept as text. All findings are counted."""


@dataclass(slots=True)
class Findings:
    """The violated invariants, and the numbers of checked rows."""

    checked: Counter[str] = field(default_factory=Counter)
    broken: Counter[str] = field(default_factory=Counter)
    """Invariant → the number of its violations."""
    shown: dict[str, list[str]] = field(default_factory=dict)
    """Invariant → its first SHOWN_MAX violations, each with the id of the row."""

    def add(self, invariant: str, finding: str) -> None:
        """Counts a violation of an invariant, and keeps its text while there are fewer than SHOWN_MAX."""
        self.broken[invariant] += 1
        shown = self.shown.setdefault(invariant, [])
        if len(shown) < SHOWN_MAX:
            shown.append(finding)
