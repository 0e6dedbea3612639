"""Measured values by row, subject and round, and their ratios."""

import statistics
from pathlib import Path

from pydantic import BaseModel

OURS = "ours"
"""The subject that is compared with the others."""


class Row(BaseModel):
    """One measured quantity."""

    name: str
    unit: str
    higher_is_better: bool = False
    chart: str = ""
    """The title of the plot that shows the row; rows without one are in the table only."""
    values: dict[str, list[float]] = {}
    """Subject, such as `ours` or `go` → its value in each round."""

    def median(self, subject: str) -> float | None:
        """Returns the median of a subject's rounds, or None when it wasn't measured."""
        values = self.values.get(subject)
        return statistics.median(values) if values else None

    def ratio(self, subject: str, peer: str) -> float | None:
        """Returns the median of the rounds' ratios subject ÷ peer, or None when one wasn't measured.

        The two values of a round are measured right after one another, so that a change in the machine's speed
        between rounds cancels out.
        """
        pairs = zip(self.values.get(subject, []), self.values.get(peer, []), strict=False)
        ratios = [value / base for value, base in pairs if base]
        return statistics.median(ratios) if ratios else None


class Results(BaseModel):
    """All rows of one run of a benchmark, in the order in which they were measured first."""

    benchmark: str
    settings: dict[str, str] = {}
    rows: list[Row] = []
    series: dict[str, list[tuple[float, float]]] = {}
    """Name → what a plot over time shows: pairs of seconds and a value."""

    def add(
        self,
        name: str,
        subject: str,
        value: float,
        unit: str,
        *,
        higher_is_better: bool = False,
        chart: str = "",
    ) -> None:
        """Adds the value of a round."""
        row = self.row(name)
        if row is None:
            row = Row(name=name, unit=unit, higher_is_better=higher_is_better, chart=chart)
            self.rows.append(row)
        row.values.setdefault(subject, []).append(value)

    def row(self, name: str) -> Row | None:
        """Returns a row by its name."""
        return next((row for row in self.rows if row.name == name), None)

    @property
    def subjects(self) -> list[str]:
        """The names of all that were measured, ours first, the others in the order of their first values."""
        names = dict.fromkeys(subject for row in self.rows for subject in row.values)
        return sorted(names, key=lambda name: name != OURS)

    def save(self, path: Path) -> None:
        """Writes the results as JSON."""
        path.write_text(self.model_dump_json(indent=2) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> "Results":
        """Reads the results that `save` wrote.

        Raises:
            OSError: the file can't be read.
            pydantic.ValidationError: the file holds something else.
        """
        return cls.model_validate_json(path.read_bytes())
