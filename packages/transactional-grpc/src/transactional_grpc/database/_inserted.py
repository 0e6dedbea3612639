"""The ids that PostgreSQL gives to inserted rows."""

from typing import Any

from psycopg import AsyncRawCursor


class Inserted:
    """The rows of one call of `Transaction.insert`."""

    __slots__ = ("_cursors", "_values")

    def __init__(self) -> None:
        self._values: list[bytes] = []
        self._cursors: list[AsyncRawCursor[Any]] = []

    @property
    def ids(self) -> list[int]:
        """The integers that RETURNING gives for the rows, in their order: known once the transaction is committed."""
        values = self._values.copy()
        for cursor in self._cursors:
            if result := cursor.pgresult:
                values += [result.get_value(row, 0) or b"" for row in range(result.ntuples)]
        return list(map(int, values))

    def add(self, value: bytes) -> None:
        """Adds the next row's id, as text; the row was inserted together with those of other transactions."""
        self._values.append(value)

    def read_from(self, cursor: AsyncRawCursor[Any] | None) -> None:
        """Takes the cursor of a statement that inserts rows; its result may arrive later."""
        if cursor is not None:
            self._cursors.append(cursor)
