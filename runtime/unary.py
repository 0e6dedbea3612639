"""Answers one unary rpc: read the request, run the use case in a transaction, answer once."""

from typing import Any, Generic, TypeVar

import grpc
import structlog
from google.protobuf.message import Message

from rpc_contract.errors import FieldViolation
from rpc_contract.v1.contract_errors import invalid_request
from runtime import idempotency
from runtime.database import Database
from runtime.idempotency import Key
from runtime.rpc import Method
from runtime.status import grpc_status, refusal_of
from runtime.transaction import Transaction
from runtime.validation import RequestReader

REQUEST_ID_METADATA = "x-request-id"

D = TypeVar("D")
Context = grpc.aio.ServicerContext[Any, Any]


class UnaryHandler(Generic[D]):
    """The bytes-in, bytes-out handler of one method."""

    def __init__(self, method: Method[D], domain: str, database: Database[D]) -> None:
        self._method = method
        self._domain = domain
        self._database = database
        self._reader: RequestReader[Message] = RequestReader(method.request)

    async def __call__(self, data: bytes, context: Context) -> bytes:
        """Answers, or aborts the rpc with the refusal's status."""
        metadata = context.invocation_metadata() or ()
        with structlog.contextvars.bound_contextvars(
            rpc=self._method.name, request_id=dict(metadata).get(REQUEST_ID_METADATA, "")
        ):
            try:
                return await self._answer(data, metadata, context)
            except Exception as error:  # noqa: BLE001 - whatever it is, the caller gets a status
                status = grpc_status(refusal_of(error), self._domain)
        await context.abort_with_status(status)
        raise AssertionError  # abort_with_status raises

    async def _answer(self, data: bytes, metadata: Any, context: Context) -> bytes:
        request = self._reader.read(data)
        key = self._key(request, metadata)
        if key:
            return await self._answer_once(request, key, context)
        response = await self._database.run(
            lambda tx: self._method.call(tx, request), writes=self._method.writes
        )
        return response.SerializeToString()

    async def _answer_once(self, request: Message, key: Key, context: Context) -> bytes:
        async def claim_and_answer(tx: Transaction[D]) -> tuple[bytes, bool]:
            stored = await idempotency.stored_answer(tx, key)
            if stored is not None:
                return stored, True
            answer = (await self._method.call(tx, request)).SerializeToString()
            await idempotency.store_answer(tx, key, answer)
            return answer, False

        answer, replayed = await self._database.run(claim_and_answer)
        if replayed:
            await context.send_initial_metadata((idempotency.REPLAYED_METADATA,))
        return answer

    def _key(self, request: Message, metadata: Any) -> Key | None:
        values = [value for name, value in metadata if name == idempotency.METADATA]
        if not values or not self._method.idempotency_scope:
            return None
        if len(values) > 1 or not idempotency.is_key(values[0]):
            violation = FieldViolation(idempotency.METADATA, idempotency.KEY_RULE)
            raise invalid_request().with_violations([violation])
        return Key.of(self._method, request, values[0])
