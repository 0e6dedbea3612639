"""gRPC errors as HTTP responses, with the status's details."""

from typing import Any

import grpc
from google.protobuf.json_format import MessageToDict

# json_format writes details of the types that are imported only.
from google.rpc import error_details_pb2  # noqa: F401
from grpc_status import rpc_status

HTTP_STATUSES = {grpc.StatusCode.INVALID_ARGUMENT: 400, grpc.StatusCode.NOT_FOUND: 404}


def http_status(error: grpc.aio.AioRpcError) -> int:
    return HTTP_STATUSES.get(error.code(), 500)


def body_of(error: grpc.aio.AioRpcError) -> dict[str, Any]:
    status = rpc_status.from_call(error)
    if status:
        return MessageToDict(status)
    return {"code": error.code().value[0], "message": error.details()}
