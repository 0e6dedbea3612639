"""Handles unary RPCs: reads the request, runs the method in a transaction, and responds."""

from collections.abc import Awaitable, Callable
from typing import Any, Generic, TypeVar

import grpc
from google.protobuf.message import Message

from rpc_contract import idempotency_key
from rpc_contract.errors import FieldViolation, ServiceError
from rpc_contract.v1.contract_errors import invalid_request
from transactional_grpc.database import Database, Transaction
from transactional_grpc.logging import call
from transactional_grpc.server._access import AccessCheck
from transactional_grpc.server._idempotency import Key, store_response, stored_response
from transactional_grpc.server._rpc import Method
from transactional_grpc.server._status import ErrorStatuses
from transactional_grpc.server._transport import RpcLimit
from transactional_grpc.validation import RequestReader

REQUEST_ID_METADATA = "x-request-id"

D = TypeVar("D")
Context = grpc.aio.ServicerContext[Any, Any]
CheckResponse = Callable[[Message], None]


class UnaryHandler(Generic[D]):
    """The bytes-in, bytes-out handler of one method."""

    def __init__(
        self,
        method: Method[D],
        database: Database[D],
        statuses: ErrorStatuses,
        access: AccessCheck | None,
        limit: RpcLimit,
    ) -> None:
        self._method = method
        self._database = database
        self._statuses = statuses
        self._access = access
        self._limit = limit
        self._reader: RequestReader[Message] = RequestReader(method.request)

    async def __call__(self, data: bytes, context: Context) -> bytes:
        """Responds, or aborts the RPC with the error's status."""
        limit = self._limit
        if limit.left <= 0:
            await context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, "too many RPCs are in progress")
        metadata = context.invocation_metadata() or ()
        request_id = str(dict(metadata).get(REQUEST_ID_METADATA, ""))
        token = call.set((self._method.name, request_id))
        limit.left -= 1
        try:
            return await self._respond(data, metadata, context, request_id)
        except Exception as error:  # noqa: BLE001 - every error becomes a status
            status = self._statuses.status(error)
        finally:
            limit.left += 1
            call.reset(token)
        await context.abort_with_status(status)
        raise AssertionError  # abort_with_status raises

    async def _respond(
        self, data: bytes, metadata: Any, context: Context, request_id: str
    ) -> bytes:
        access = self._access
        caller = access.caller(metadata) if access else None
        request = self._reader.read(data)
        if access:
            access.check_request(caller, request)

        def check(response: Message) -> None:
            if access:
                access.check_response(caller, request, response)

        async def respond(tx: Transaction[D]) -> Message:
            try:
                response = await self._method.call(tx, request)
            except ServiceError as error:
                if access:
                    access.check_error(caller, request, error)
                raise
            check(response)  # an error rolls the transaction back
            return response

        key = self._key(request, metadata)
        if key:
            return await self._respond_once(key, respond, check, context, request_id)

        response = await self._database.run(
            respond, writes=self._method.writes, shared=True, correlation_id=request_id
        )
        return response.SerializeToString()

    async def _respond_once(
        self,
        key: Key,
        respond: Callable[[Transaction[D]], Awaitable[Message]],
        check: CheckResponse,
        context: Context,
        request_id: str,
    ) -> bytes:
        async def claim_and_respond(tx: Transaction[D]) -> tuple[bytes, bool]:
            stored = await stored_response(tx, key)
            if stored is not None:
                check(self._method.response.FromString(stored))
                return stored, True
            content = (await respond(tx)).SerializeToString()
            await store_response(tx, key, content)
            return content, False

        response, replayed = await self._database.run(claim_and_respond, correlation_id=request_id)
        if replayed:
            replayed_entry = (idempotency_key.REPLAYED_METADATA, idempotency_key.REPLAYED)
            await context.send_initial_metadata((replayed_entry,))
        return response

    def _key(self, request: Message, metadata: Any) -> Key | None:
        values = [value for name, value in metadata if name == idempotency_key.METADATA]
        if not values or not self._method.idempotency_scope:
            return None
        if len(values) > 1 or not idempotency_key.is_key(values[0]):
            violation = FieldViolation(idempotency_key.METADATA, idempotency_key.RULE)
            raise invalid_request().with_violations([violation])
        return Key.of(self._method, request, values[0])
