"""The arithmetic of the benchmarks' tables."""

from pathlib import Path

import pytest

from bench.measuring.report import write_markdown
from bench.measuring.results import Results


def _results() -> Results:
    results = Results(benchmark="bench saga")
    for ours, go in ((10.0, 5.0), (30.0, 10.0), (8.0, 8.0)):
        results.add("orders", "ours", ours, "1/s", higher_is_better=True)
        results.add("orders", "go", go, "1/s", higher_is_better=True)
    return results


def test_ratio_is_the_median_of_the_ratios_of_each_round() -> None:
    row = _results().row("orders")
    assert row is not None
    assert row.ratio("ours", "go") == 2.0  # of 2, 3 and 1; the ratio of the medians is 1.25
    assert row.ratio("ours", "envoy") is None


def test_saved_results_are_loaded_unchanged(tmp_path: Path) -> None:
    _results().save(tmp_path / "results.json")
    assert Results.load(tmp_path / "results.json") == _results()


def test_table_replaces_what_is_between_its_markers(tmp_path: Path) -> None:
    page = tmp_path / "PAGE.md"
    page.write_text("Before\n<!-- bench saga: begin -->\nold\n<!-- bench saga: end -->\nAfter\n")
    for _ in range(2):
        write_markdown(page, _results(), ("ours", "go"), {"Rates": "rates.svg"})
    assert page.read_text() == (
        "Before\n<!-- bench saga: begin -->\n|  | unit | ours | go | ours ÷ go |\n| --- | --- | --: | --: | --: |\n"
        "| orders | 1/s | 10.0 | 8.00 | 2.00 |\n\n![Rates](rates.svg)\n<!-- bench saga: end -->\nAfter\n"
    )


def test_page_without_markers_is_an_error(tmp_path: Path) -> None:
    page = tmp_path / "PAGE.md"
    page.write_text("Nothing\n")
    with pytest.raises(ValueError, match="needs the lines"):
        write_markdown(page, _results(), ("ours", "go"))
