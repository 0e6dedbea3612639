"""All queries of the payments database, over one connection."""

from typing import Any

from psycopg import AsyncConnection

from shop.payments.db import accounts, payment_decisions, transactions


class Queries:
    """The generated queries, one attribute per query file."""

    def __init__(self, connection: AsyncConnection[Any]) -> None:
        self.accounts = accounts.AsyncQuerier(connection)
        self.payment_decisions = payment_decisions.AsyncQuerier(connection)
        self.transactions = transactions.AsyncQuerier(connection)
