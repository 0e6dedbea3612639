"""A relay takes the rows that its process has committed only if it knows all rows before them."""

import pytest

from transactional_events.db.models import Outbox as Row
from transactional_events.outbox import _committed_rows as module
from transactional_events.outbox._committed_rows import CommittedRows
from transactional_events_tests.unit.rows import row

OWNED = frozenset({0, 1})


@pytest.fixture
def committed() -> CommittedRows:
    """The rows after a read that found nothing, when the ids up to 10 were settled."""
    rows = CommittedRows()
    rows.begin_read()
    rows.end_read([], settled=10)
    return rows


def add(committed: CommittedRows, *rows: Row) -> None:
    committed.add(rows, OWNED)


def taken(committed: CommittedRows, rows_max: int = 600, bytes_max: int = 10_000) -> list[int]:
    return [row.id for row in committed.take(OWNED, rows_max, bytes_max)]


def test_rows_without_a_gap_are_taken_in_the_order_of_their_ids(committed: CommittedRows) -> None:
    add(committed, row(13), row(12))
    add(committed, row(11, bucket=1))
    assert taken(committed) == [11, 12, 13]
    assert taken(committed) == []
    assert not committed.must_be_read


def test_nothing_is_taken_before_the_first_read() -> None:
    committed = CommittedRows()
    add(committed, row(1))
    assert taken(committed) == []
    assert committed.must_be_read


def test_row_behind_a_missing_id_is_not_taken(committed: CommittedRows) -> None:
    """The missing id may be a row of another process, which comes first."""
    add(committed, row(11), row(13))
    assert taken(committed) == [11]
    assert committed.must_be_read
    add(committed, row(12))
    assert taken(committed) == [12, 13]


def test_row_that_a_read_returned_is_not_taken_again(committed: CommittedRows) -> None:
    add(committed, row(12))
    committed.begin_read()
    add(committed, row(13), row(14))
    committed.end_read([row(12), row(13)], settled=10)
    assert taken(committed) == []
    add(committed, row(11))
    assert taken(committed) == [11, 14]


def test_row_whose_commit_is_seen_after_its_read_is_not_taken(committed: CommittedRows) -> None:
    committed.begin_read()
    committed.end_read([row(12)], settled=10)
    add(committed, row(12), row(11))
    assert taken(committed) == [11]
    add(committed, row(13))
    assert taken(committed) == [13]


def test_row_whose_commit_is_seen_after_two_reads_is_not_taken(committed: CommittedRows) -> None:
    """The relay acquired or released partitions in between."""
    committed.begin_read()
    committed.end_read([row(12)], settled=10)
    committed.forget()
    committed.begin_read()
    add(committed, row(12))
    committed.end_read([], settled=10)
    add(committed, row(11))
    assert taken(committed) == [11]


def test_nothing_is_taken_after_a_read_that_left_rows_out(committed: CommittedRows) -> None:
    committed.begin_read()
    committed.end_read([row(11)], settled=None)
    add(committed, row(12))
    assert taken(committed) == []
    assert committed.must_be_read


def test_read_row_of_another_process_closes_the_gap(committed: CommittedRows) -> None:
    committed.begin_read()
    add(committed, row(12))
    committed.end_read([row(11)], settled=10)
    assert taken(committed) == [12]


def test_settled_gap_is_passed(committed: CommittedRows) -> None:
    """The transaction of the missing id was rolled back."""
    add(committed, row(12))
    committed.begin_read()
    committed.end_read([row(12)], settled=12)
    add(committed, row(13))
    assert taken(committed) == [13]


def test_rows_of_other_relays_close_no_gap_and_are_not_taken(committed: CommittedRows) -> None:
    add(committed, row(11, bucket=5), row(12))
    assert taken(committed) == [12]
    add(committed, row(13))
    assert committed.take(frozenset({1}), 600, 10_000) == []
    assert not committed.must_be_read


def test_row_with_an_id_that_was_passed_makes_the_relay_read(committed: CommittedRows) -> None:
    """Its commit was seen late, or the sequence was set back."""
    add(committed, row(11), row(9))
    assert taken(committed) == []
    assert committed.must_be_read


def test_forgotten_rows_are_not_taken(committed: CommittedRows) -> None:
    add(committed, row(11))
    committed.forget()
    add(committed, row(12))
    assert taken(committed) == []
    assert committed.must_be_read


def test_number_and_size_of_rows_that_are_taken_at_once_are_bounded(
    committed: CommittedRows,
) -> None:
    add(committed, *(row(id_, value=b"12345") for id_ in range(11, 20)))
    assert taken(committed, rows_max=2) == [11, 12]
    assert taken(committed, bytes_max=6) == [13, 14]
    assert taken(committed) == [15, 16, 17, 18, 19]


@pytest.mark.parametrize(("bound", "value"), [("ROWS_MAX", 3), ("BYTES_MAX", 15)])
def test_too_many_rows_are_read_instead(
    committed: CommittedRows, bound: str, value: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, bound, value)
    add(committed, *(row(id_, value=b"12345") for id_ in range(11, 14)))
    add(committed, row(14))
    assert taken(committed) == []
    assert committed.must_be_read
    committed.begin_read()
    committed.end_read([], settled=14)
    add(committed, row(15))
    assert taken(committed) == [15]
