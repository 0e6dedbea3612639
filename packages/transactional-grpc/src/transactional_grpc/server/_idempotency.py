"""Idempotency-Key: a repeated request gets the stored response, and has its effect once.

As draft-ietf-httpapi-idempotency-key-header has it, with the key's row in the effect's transaction.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from google.protobuf.message import Message
from psycopg import AsyncConnection
from psycopg.errors import LockNotAvailable

from rpc_contract.v1.contract_errors import (
    idempotency_key_in_flight,
    idempotency_key_reused,
)
from transactional_grpc.database import Deleted, Purge, Transaction
from transactional_grpc.db.idempotency_keys import AsyncQuerier, ClaimKeyParams
from transactional_grpc.server._rpc import Method


@dataclass(frozen=True, slots=True)
class Key:
    """A client's key, in the scope that the contract gives it."""

    method: str
    scope: str
    key: str
    fingerprint: bytes

    @classmethod
    def of(cls, method: Method[Any], request: Message, key: str) -> "Key":
        """Makes the key of a request, which has been validated."""
        content = request.SerializeToString(deterministic=True)
        return cls(
            method=method.name,
            scope=getattr(request, method.idempotency_scope),
            key=key,
            fingerprint=hashlib.sha256(content).digest(),
        )


async def stored_response(tx: Transaction[Any], key: Key) -> bytes | None:
    """Claims the key, or returns the response that was stored with it.

    Waits for a transaction in flight that holds the same key.

    Raises:
        ServiceError: the key was used with another request, or the wait took too long.
    """
    keys = AsyncQuerier(tx.connection)
    try:
        claimed = await keys.claim_key(
            ClaimKeyParams(
                method=key.method,
                scope=key.scope,
                key=key.key,
                fingerprint=key.fingerprint,
                created_at=tx.now,
            )
        )
    except LockNotAvailable:
        raise idempotency_key_in_flight() from None
    if claimed:
        return None
    stored = await keys.get_response(method=key.method, scope=key.scope, key=key.key)
    if stored is None:  # purged between the two statements: the client's retry starts afresh
        raise idempotency_key_in_flight()
    if stored.fingerprint != key.fingerprint:
        raise idempotency_key_reused()
    return stored.response


async def store_response(tx: Transaction[Any], key: Key, response: bytes) -> None:
    """Stores the response with the key that this transaction claimed."""
    await AsyncQuerier(tx.connection).store_response(
        method=key.method, scope=key.scope, key=key.key, response=response
    )


async def _delete_old_keys(
    connection: AsyncConnection[Any], after: datetime, before: datetime, limit: int
) -> Deleted:
    row = await AsyncQuerier(connection).purge_keys(after=after, before=before, batch_size=limit)
    return Deleted(row.row_count, row.reached) if row else Deleted(0, after)


IDEMPOTENCY_KEY_PURGE = Purge("idempotency keys", timedelta(hours=48), _delete_old_keys)
"""Clients may rely on 24 hours; the rest allows for clocks and queues."""
