"""PostgreSQL: the pool, transactions and their hooks, purges, and what its errors mean."""

from transactional_grpc.database._connections import conninfo, require_usable
from transactional_grpc.database._database import Database
from transactional_grpc.database._errors import GRANT, UNAVAILABLE, error_text
from transactional_grpc.database._inserted import Inserted
from transactional_grpc.database._pool import DatabaseError, Pool, open_pool
from transactional_grpc.database._purge import Deleted, Purge, purge_forever
from transactional_grpc.database._row_watch import RowWatch
from transactional_grpc.database._transaction import Transaction, TransactionHook

__all__ = [
    "GRANT",
    "UNAVAILABLE",
    "Database",
    "DatabaseError",
    "Deleted",
    "Inserted",
    "Pool",
    "Purge",
    "RowWatch",
    "Transaction",
    "TransactionHook",
    "conninfo",
    "error_text",
    "open_pool",
    "purge_forever",
    "require_usable",
]
