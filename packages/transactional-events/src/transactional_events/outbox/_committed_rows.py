"""Hands rows that this process has committed to its relay, which then needn't read them.

An outbox id is known if this process has committed its row, or if the relay has read it. Invariants:

1. Every row of the relay's partitions with an id up to `through` was taken or read, or there is none and never will be.
2. `take` returns rows only as far as their ids follow `through` without a gap. So all earlier rows of their partitions
   were taken or read before, whichever process owns the partitions by now.

An id is missing if another process has assigned it, if its transaction was rolled back, or if the response to its commit
arrives later. The rows behind it are read by the relay then. The gap ends once the missing id is read or settled.
"""

from collections.abc import Collection, Iterable

from transactional_events.db.models import Outbox as Row

ROWS_MAX = 5_000
BYTES_MAX = 8 * 1024 * 1024
"""Bounds of the rows that are kept. If there are more, the relay reads all of them."""


class CommittedRows:
    """The rows that this process has committed and its relay hasn't published yet."""

    def __init__(self) -> None:
        self._through: int | None = None
        """None as long as it is unknown which rows the relay has to read."""
        self._rows: dict[int, Row] = {}
        self._bytes = 0
        self._known: set[int] = set()
        """Ids above `through` whose rows aren't kept: they were read, or will be read by this relay or another one."""

    @property
    def must_be_read(self) -> bool:
        """Whether rows have to be read that `take` doesn't return."""
        return self._through is None or bool(self._rows)

    def add(self, rows: Iterable[Row], owned: Collection[int]) -> None:
        """Adds rows of a committed transaction.

        Args:
            rows: The rows, in any order of transactions.
            owned: The partitions of this process's relay.
        """
        for row in rows:
            if row.id in self._known:
                continue  # the relay has read it before its commit was seen here
            if self._through is not None and row.id <= self._through:
                # The relay has passed this id before its commit was seen here, or the sequence was set back. A read
                # returns the row if it isn't published yet.
                self.forget()
            elif row.bucket in owned:
                self._rows[row.id] = row
                self._bytes += len(row.value)
            else:
                self._known.add(row.id)
        self._keep_bounds()

    def take(self, owned: Collection[int], rows_max: int, bytes_max: int) -> list[Row]:
        """Returns the next rows of partitions, in the order of their ids; nothing if they have to be read.

        Args:
            owned: The partitions of the relay. Rows of others are dropped, and their owner reads them.
            rows_max: The number of rows at most.
            bytes_max: The size of their values at most, the last one excepted.
        """
        taken: list[Row] = []
        size = 0
        while self._through is not None:
            id_ = self._through + 1
            row = self._rows.get(id_)
            if row is not None and len(taken) < rows_max and size < bytes_max:
                del self._rows[id_]
                self._bytes -= len(row.value)
                if row.bucket in owned:
                    taken.append(row)
                    size += len(row.value)
            elif id_ in self._known:
                self._known.remove(id_)
            else:
                break
            self._through = id_
        return taken

    def forget(self) -> None:
        """Makes the relay read all rows: those that were added are committed, so a read returns them."""
        self._through = None
        self.begin_read()

    def begin_read(self) -> None:
        """Drops the rows that the read which begins now returns, unless they were published before."""
        self._known.update(self._rows)
        self._rows.clear()
        self._bytes = 0

    def end_read(self, rows: Iterable[Row], settled: int | None) -> None:
        """Takes note of the rows that a read returned.

        Args:
            rows: The rows.
            settled: An id such that no transaction in progress could add a row up to it when the read began. None if
                the read may have left rows out.
        """
        for row in rows:
            if self._rows.pop(row.id, None):
                self._bytes -= len(row.value)
            self._known.add(row.id)
        if settled is None:
            self.forget()
        else:
            self._through = through = max(self._through or 0, settled)
            self._known = {id_ for id_ in self._known if id_ > through}
        self._keep_bounds()

    def _keep_bounds(self) -> None:
        if len(self._rows) > ROWS_MAX or self._bytes > BYTES_MAX:
            self.forget()
        if len(self._known) > 2 * ROWS_MAX:
            self._known = set(sorted(self._known)[ROWS_MAX:])
