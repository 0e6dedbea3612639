"""A sqlc plugin that generates typed Python methods for psycopg 3."""

__version__ = "0.1.0"
