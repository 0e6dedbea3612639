"""Commits several transactions together: set-based statements in one transaction of PostgreSQL."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from psycopg import AsyncConnection

from transactional_grpc.database._batches import InsertBatch
from transactional_grpc.database._implicit_transaction import run_in_one_transaction

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Commit:
    """A transaction that waits for its commit."""

    inserts: Sequence[tuple[InsertBatch[Any], str]]
    """Its INSERTs in their order, each with the JSON of its row."""
    committed: Callable[[], None]
    """Called once the transaction is committed, even if its caller is gone."""

    @property
    def size(self) -> int:
        """The size of all rows."""
        return sum(len(row) for _, row in self.inserts)


async def commit_together(
    connection: AsyncConnection[Any], commits: Sequence[Commit]
) -> Sequence[None]:
    """Commits transactions, all of them or none.

    Raises:
        Error: a statement or the commit failed.
    """
    statements = [(batch.sql, f"[{','.join(rows)}]") for batch, rows in _steps(commits)]
    await run_in_one_transaction(connection, statements)
    for commit in commits:
        try:
            commit.committed()
        except Exception:
            log.exception("a hook failed after the commit")
    return [None] * len(commits)


def _steps(commits: Sequence[Commit]) -> list[tuple[InsertBatch[Any], list[str]]]:
    """Merges equal statements of the transactions, and keeps the order of those of each one."""
    steps: list[tuple[InsertBatch[Any], list[str]]] = []
    for commit in commits:
        at = 0
        for batch, row in commit.inserts:
            while at < len(steps) and steps[at][0] is not batch:
                at += 1
            if at == len(steps):
                steps.append((batch, []))
            steps[at][1].append(row)
    return steps
