"""The orders' REST API as FastAPI's users write it: pydantic models and grpc.aio, a function per route."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from enum import Enum
from typing import Annotated
from uuid import UUID

import grpc
from fastapi import FastAPI, Query, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from rpc_errors import body_of, http_status

from shop.orders.v1 import order_pb2, order_service_pb2, order_service_pb2_grpc


class Status(Enum):
    NEW = "NEW"
    FINISHED = "FINISHED"
    CANCELED = "CANCELED"


class NewOrder(BaseModel):
    user_id: UUID
    amount: Annotated[int, Field(ge=1, le=2**53 - 1)]
    description: Annotated[str, Field(max_length=500)] = ""


class Order(BaseModel):
    id: UUID
    user_id: UUID
    amount: int
    description: str
    status: Status
    cancel_reason: str
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, order: order_pb2.Order) -> "Order":
        return cls(
            id=UUID(order.id),
            user_id=UUID(order.user_id),
            amount=order.amount,
            description=order.description,
            status=Status(order_pb2.Order.Status.Name(order.status)),
            cancel_reason=order.cancel_reason,
            created_at=order.created_at.ToDatetime(UTC),
            updated_at=order.updated_at.ToDatetime(UTC),
        )


class Page(BaseModel):
    orders: list[Order]
    next_page_token: str


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with grpc.aio.insecure_channel(os.environ["ORDERS_GRPC_ADDRESS"]) as channel:
        app.state.orders = order_service_pb2_grpc.OrdersServiceStub(channel)
        yield


app = FastAPI(lifespan=lifespan)


@app.exception_handler(grpc.aio.AioRpcError)
async def rpc_error(_: Request, error: grpc.aio.AioRpcError) -> JSONResponse:
    return JSONResponse(body_of(error), http_status(error))


@app.post("/orders", status_code=201)
async def create_order(body: NewOrder) -> Order:
    request = order_service_pb2.CreateOrderRequest(
        user_id=str(body.user_id), amount=body.amount, description=body.description
    )
    return Order.of((await app.state.orders.CreateOrder(request)).order)


@app.get("/orders/{order_id}")
async def get_order(order_id: UUID) -> Order:
    request = order_service_pb2.GetOrderRequest(order_id=str(order_id))
    return Order.of((await app.state.orders.GetOrder(request)).order)


@app.get("/orders")
async def list_orders(
    user_id: UUID,
    page_size: Annotated[int, Query(ge=0, le=100)] = 0,
    page_token: str = "",
) -> Page:
    request = order_service_pb2.ListOrdersRequest(
        user_id=str(user_id), page_size=page_size, page_token=page_token
    )
    found = await app.state.orders.ListOrders(request)
    return Page(
        orders=[Order.of(order) for order in found.orders], next_page_token=found.next_page_token
    )
