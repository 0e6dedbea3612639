"""Commits several transactions together: set-based statements in one transaction of PostgreSQL."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog
from psycopg import AsyncConnection

from transactional_grpc.database._batches import InsertBatch
from transactional_grpc.database._implicit_transaction import run_in_one_transaction
from transactional_grpc.database._inserted import Inserted

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Commit:
    """A transaction that waits for its commit."""

    inserts: Sequence[tuple[InsertBatch[Any], str, Inserted]]
    """Its INSERTs in their order, each with the JSON of its row and the object that gets its id."""
    committed: Callable[[], None]
    """Called once the transaction is committed, even if its caller is gone."""

    @property
    def size(self) -> int:
        """The size of all rows."""
        return sum(len(row) for _, row, _ in self.inserts)


async def commit_together(
    connection: AsyncConnection[Any], commits: Sequence[Commit]
) -> Sequence[None]:
    """Commits transactions, all of them or none.

    Raises:
        Error: a statement or the commit failed.
    """
    steps = _steps(commits)
    statements = [(step.batch.sql, f"[{','.join(step.rows)}]") for step in steps]
    returned = await run_in_one_transaction(connection, statements)
    for step, values in zip(steps, returned, strict=True):
        if step.batch.has_returning:
            for inserted, value in zip(step.inserted, values, strict=True):
                inserted.add(value)
    for commit in commits:
        try:
            commit.committed()
        except Exception:
            log.exception("a hook failed after the commit")
    return [None] * len(commits)


@dataclass(slots=True)
class _Step:
    """One statement of the common transaction."""

    batch: InsertBatch[Any]
    rows: list[str] = field(default_factory=list)
    inserted: list[Inserted] = field(default_factory=list)
    """For each row the object that gets its id."""


def _steps(commits: Sequence[Commit]) -> list[_Step]:
    """Merges equal statements of the transactions, and keeps the order of those of each one."""
    steps: list[_Step] = []
    for commit in commits:
        at = 0
        for batch, row, inserted in commit.inserts:
            while at < len(steps) and steps[at].batch is not batch:
                at += 1
            if at == len(steps):
                steps.append(_Step(batch))
            steps[at].rows.append(row)
            steps[at].inserted.append(inserted)
    return steps
