"""The orders' REST API as Connexion's users write it: the OpenAPI document, grpc.aio and Protobuf's json_format."""

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import grpc
from connexion import AsyncApp
from connexion.lifecycle import ConnexionRequest, ConnexionResponse
from connexion.resolver import Resolver
from google.protobuf.json_format import MessageToDict, ParseDict
from google.protobuf.message import Message
from rpc_errors import body_of, http_status

from shop.orders.v1 import order_service_pb2, order_service_pb2_grpc

STUB: dict[str, Any] = {}


@asynccontextmanager
async def lifespan(_: AsyncApp) -> AsyncIterator[None]:
    async with grpc.aio.insecure_channel(os.environ["ORDERS_GRPC_ADDRESS"]) as channel:
        STUB["orders"] = order_service_pb2_grpc.OrdersServiceStub(channel)
        yield


async def create_order(body: dict[str, Any], **_: Any) -> tuple[dict[str, Any], int]:
    request = ParseDict(body, order_service_pb2.CreateOrderRequest())
    return _json((await STUB["orders"].CreateOrder(request)).order), 201


async def get_order(order_id: str) -> dict[str, Any]:
    request = order_service_pb2.GetOrderRequest(order_id=order_id)
    return _json((await STUB["orders"].GetOrder(request)).order)


async def list_orders(**parameters: Any) -> dict[str, Any]:
    request = ParseDict(parameters, order_service_pb2.ListOrdersRequest())
    return _json(await STUB["orders"].ListOrders(request))


async def not_measured(**_: Any) -> None:
    """Stands for the operations of the document that the benchmark doesn't call."""
    raise NotImplementedError


async def rpc_error(_: ConnexionRequest, error: Exception) -> ConnexionResponse:
    assert isinstance(error, grpc.aio.AioRpcError)
    return ConnexionResponse(
        http_status(error), content_type="application/json", body=json.dumps(body_of(error))
    )


def _json(message: Message) -> dict[str, Any]:
    return MessageToDict(
        message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
    )


def specification() -> dict[str, Any]:
    """Returns the OpenAPI document without its security: like the other peers, this one checks no token."""
    document: dict[str, Any] = json.loads(Path(os.environ["SPECIFICATION"]).read_bytes())
    for item in document["paths"].values():
        for operation in item.values():
            operation.pop("security", None)
    return document


HANDLERS = {"CreateOrder": create_order, "GetOrder": get_order, "ListOrders": list_orders}
app = AsyncApp(__name__, lifespan=lifespan)
app.add_api(
    specification(),
    resolver=Resolver(lambda operation: HANDLERS.get(operation, not_measured)),
)
app.add_error_handler(grpc.aio.AioRpcError, rpc_error)
