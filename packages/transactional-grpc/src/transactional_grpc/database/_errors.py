"""Classifies errors of PostgreSQL: transient ones, and those that an operator has to end."""

import re

from psycopg import Error, OperationalError, errors

CONFLICTS = (errors.SerializationFailure, errors.DeadlockDetected)
"""Conflicts with another transaction (SQLSTATE class 40)."""

MIGRATE = "apply the missing migrations"
GRANT = "let the owner grant the rights on tables and sequences to the service's role"

ADVICE: dict[type[Error], str] = {
    errors.UndefinedTable: MIGRATE,
    errors.UndefinedColumn: MIGRATE,
    errors.UndefinedFunction: MIGRATE,
    errors.InvalidColumnReference: MIGRATE,
    errors.InsufficientPrivilege: GRANT,
    errors.DiskFull: "free space on the database's disk",
    errors.ReadOnlySqlTransaction: "wait for the failover to end, or name the primary in the URL",
    errors.TooManyConnections: "raise max_connections, or run fewer copies",
}
"""Error class → what an operator does about it, because the service can't."""

UNAVAILABLE: tuple[type[Error], ...] = (
    OperationalError,  # the pool's errors are subclasses
    errors.IdleInTransactionSessionTimeout,
    errors.TransactionTimeout,
    *ADVICE,
)
"""Errors after which a service responds UNAVAILABLE: the database can't be reached, is a standby, is
overloaded or isn't set up as the service needs it, or it ended the session of a process that was frozen."""

# libpq gives no SQLSTATE for a rejected connection. A text in another language counts as transient:
# the connection is tried again, and the text is in the log.
FINAL = re.compile(
    r"authentication failed|no password supplied|no pg_hba\.conf entry|does not exist"
    r"|permission denied|is not permitted to log in|certificate|SSL was required|SSL is not enabled"
    r"|unrecognized configuration parameter|invalid value for parameter|cannot be changed now"
    r"|invalid command-line argument|invalid \w+ value|bad value for|Servname not supported"
)


def is_retryable(error: Exception) -> bool:
    """Tells whether a retry may succeed: after a conflict, or with statements that are prepared again."""
    return isinstance(error, CONFLICTS) or is_stale(error)


def is_stale(error: Exception) -> bool:
    """Tells whether statements of the connection must be prepared again.

    A rollback by psycopg has had the server forget them, or a migration has changed the type of a column that they
    return.
    """
    if isinstance(error, errors.FeatureNotSupported):
        # "cached plan must not change result type", in any language
        return error.diag.source_function == "RevalidateCachedQuery"
    return isinstance(error, errors.InvalidSqlStatementName)


def is_final(error: Error) -> bool:
    """Tells whether connecting fails however often it is tried: the URL or the server is set up wrong."""
    return FINAL.search(str(error)) is not None


def error_text(error: Error) -> str:
    """Returns the error's text and the advice about it, without the row or statement that caused it."""
    text = error.diag.message_primary or " ".join(str(error).split()) or type(error).__name__
    advice = next((does for kind, does in ADVICE.items() if isinstance(error, kind)), "")
    return f"{text}: {advice}" if advice else text
