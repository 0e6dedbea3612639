import pytest

from bench.measuring.memory import Samples, growth


def _samples(after: float, end: float) -> Samples:
    """Ten minutes: a start that is always small, then a value, then another one in the last third."""
    values = [10.0] * 60 + [after] * 140 + [end] * 100
    return [(2.0 * number, value) for number, value in enumerate(values)]


def test_memory_that_only_grows_during_the_warm_up_is_flat() -> None:
    assert growth(_samples(100.0, 100.0)) == 0


def test_memory_that_is_larger_at_the_end_has_grown() -> None:
    assert growth(_samples(100.0, 112.0)) == pytest.approx(0.12)


def test_a_single_peak_at_the_end_is_no_growth() -> None:
    assert growth([*_samples(100.0, 100.0), (602.0, 500.0)]) == 0
