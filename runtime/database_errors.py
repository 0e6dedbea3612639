"""Which errors of PostgreSQL pass by themselves, and what an operator has to do about the others."""

import re

from psycopg import Error, OperationalError, errors
from psycopg_pool import PoolClosed, PoolTimeout, TooManyRequests

CONFLICTS = (errors.SerializationFailure, errors.DeadlockDetected)
"""The transaction lost against another one: the same again may succeed (class 40 of SQLSTATE)."""

MIGRATE = "run `python -m stack migrate`"
GRANT = "let the owner grant what sql/bootstrap/service.sql grants"

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
"""What an operator does about errors that a service can't mend."""

UNAVAILABLE: tuple[type[Error], ...] = (
    OperationalError,
    errors.IdleInTransactionSessionTimeout,
    errors.TransactionTimeout,
    PoolTimeout,
    PoolClosed,
    TooManyRequests,
    *ADVICE,
)
"""What the database raises while it is away, a standby, busy or not as it should be, and when this process
was frozen."""

# libpq gives no SQLSTATE for a connection that is refused. A text in another language counts as transient:
# the connection is tried again, and the text is in the log.
FINAL = re.compile(
    r"authentication failed|no password supplied|no pg_hba\.conf entry|does not exist"
    r"|permission denied|is not permitted to log in|certificate|SSL was required|SSL is not enabled"
    r"|unrecognized configuration parameter|invalid value for parameter|cannot be changed now"
    r"|invalid command-line argument|invalid \w+ value|bad value for|Servname not supported"
)


def is_final(error: Error) -> bool:
    """Tells whether connecting fails however often it is tried: the URL or the server is set up wrong."""
    return FINAL.search(str(error)) is not None


def one_line(error: Error) -> str:
    """Returns what an error says and what to do about it, without the row or statement that met it."""
    text = error.diag.message_primary or " ".join(str(error).split()) or type(error).__name__
    advice = next((does for kind, does in ADVICE.items() if isinstance(error, kind)), "")
    return f"{text}: {advice}" if advice else text
