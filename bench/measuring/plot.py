"""Charts as SVG files."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from bench.measuring.report import number
from bench.measuring.results import Row

COLORS = ("#2563eb", "#9ca3af", "#f59e0b", "#10b981", "#a855f7", "#ef4444")
"""The first one is the subject's, the others are its peers'."""

mpl.rcParams["svg.fonttype"] = "none"  # the reader's fonts: smaller files
mpl.rcParams["svg.hashsalt"] = "bench"  # the same values give the same file


def bars(path: Path, title: str, rows: Sequence[Row], subjects: Sequence[str]) -> None:
    """Draws one group of bars per row, with a bar of each subject's median.

    Args:
        path: the SVG file to write.
        title: the heading, which names the unit.
        rows: rows of the same unit.
        subjects: the names of those that were measured.
    """
    figure = Figure(figsize=(8, 0.6 + 0.25 * (len(subjects) + 1) * len(rows)), layout="constrained")
    axes = figure.subplots()
    height = 0.8 / len(subjects)
    for index, (subject, color) in enumerate(zip(subjects, COLORS, strict=False)):
        places = [place + index * height for place in range(len(rows))]
        drawn = axes.barh(
            places, [row.median(subject) or 0.0 for row in rows], height, label=subject, color=color
        )
        axes.bar_label(drawn, [number(row.median(subject)) for row in rows], padding=3, fontsize=8)
    middle = (len(subjects) - 1) * height / 2
    axes.set_yticks([place + middle for place in range(len(rows))], [row.name for row in rows])
    axes.invert_yaxis()
    axes.margins(x=0.12)
    axes.set_title(title, loc="left", fontsize=11)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize=8)
    figure.savefig(path, metadata={"Date": None})


def lines(path: Path, title: str, series: Mapping[str, Sequence[tuple[float, float]]]) -> None:
    """Draws values over the minutes, with a line of each name.

    Args:
        path: the SVG file to write.
        title: the heading, which names the unit.
        series: name → pairs of seconds and a value.
    """
    figure = Figure(figsize=(8, 4), layout="constrained")
    axes = figure.subplots()
    for (name, samples), color in zip(series.items(), COLORS, strict=False):
        minutes = [seconds / 60 for seconds, _ in samples]
        axes.plot(minutes, [value for _, value in samples], label=name, color=color, linewidth=1)
    axes.set_ylim(bottom=0)
    axes.set_xlabel("minutes")
    axes.set_title(title, loc="left", fontsize=11)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize=8)
    figure.savefig(path, metadata={"Date": None})
