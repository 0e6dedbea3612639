"""A database that is made for one test."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
from psycopg import sql


@contextmanager
def empty_database(server_url: str, name: str) -> Iterator[str]:
    """Makes an empty database on a server, and drops it afterwards.

    Args:
        server_url: A URL of the server's superuser.
        name: How the database's name begins.

    Yields:
        The superuser's URL of the database. It turns TLS off, which dbmate would demand.
    """
    database = f"{name}_{uuid4().hex}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
        try:
            there = urlsplit(server_url)._replace(path=f"/{database}", query="sslmode=disable")
            yield urlunsplit(there)
        finally:
            connection.execute(
                sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(database))
            )
