"""The story of the demo, step by step, over REST. A step that goes wrong raises."""

from collections.abc import Callable, Iterator
from uuid import uuid4

import httpx
from google.protobuf.descriptor import FileDescriptor

from demo.cancellation import cancel_at_once, cancel_finished
from demo.expectations import StoryError, check
from demo.rest import RestClient, RestError
from shop.orders.v1 import order_service_pb2 as orders_api
from shop.orders.v1.order_pb2 import Order
from shop.payments.v1 import payment_service_pb2 as payments_api
from shop.payments.v1.error_reason_pb2 import ErrorReason
from shop.payments.v1.transaction_pb2 import Transaction

TOP_UP, PRICE = 5000, 1500

Step = tuple[str, str]
"""The name of a step and its outcome."""


class Story:
    """A new user creates an account, pays orders and reads the results.

    Args:
        http: a client with the gateway's URL.
        token_of: returns a user's access token; None without access control.
    """

    def __init__(self, http: httpx.Client, token_of: Callable[[str], str | None]) -> None:
        self._http = http
        self._token_of = token_of
        self._user = str(uuid4())
        self._payments = self._client(payments_api.DESCRIPTOR, "PaymentsService", self._user)
        self._orders = self._client(orders_api.DESCRIPTOR, "OrdersService", self._user)

    def _client(self, file: FileDescriptor, service: str, user: str) -> RestClient:
        return RestClient(self._http, file.services_by_name[service], self._token_of(user))

    def play(self) -> Iterator[Step]:
        """Yields each step after its outcome was checked.

        Raises:
            StoryError: The outcome of a step contradicts the contract.
            RestError: The response to a step is an error.
        """
        yield "create an account", self._create_account()
        yield "create it again", self._create_account_again()
        yield f"top up {TOP_UP}, sent twice with one Idempotency-Key", self._top_up_twice()
        yield "balance", self._balance(TOP_UP)
        yield f"order for {PRICE}", self._order(self._user, PRICE, Order.FINISHED)
        yield "balance", self._balance(TOP_UP - PRICE)
        yield f"order for {TOP_UP}", self._order(self._user, TOP_UP, Order.CANCELED)
        yield "order of a user without an account", self._order(str(uuid4()), PRICE, Order.CANCELED)
        yield "cancel the FINISHED order", cancel_finished(self._orders, self._user)
        yield f"order for {PRICE} that its user cancels at once", self._cancel()
        yield "list the orders", self._list_orders()
        yield "list the account's transactions", self._log()

    def _create_account(self) -> str:
        request = payments_api.CreateAccountRequest(user_id=self._user)
        account = self._payments.call(request, payments_api.CreateAccountResponse).account
        check(account.balance == 0, f"a new account has {account.balance}")
        return f"account {account.id}"

    def _create_account_again(self) -> str:
        request = payments_api.CreateAccountRequest(user_id=self._user)
        try:
            self._payments.call(request, payments_api.CreateAccountResponse)
        except RestError as error:
            expected = ErrorReason.Name(ErrorReason.ACCOUNT_ALREADY_EXISTS)
            check(error.reason == expected, f"rejected with {error}")
            return f"rejected: {error.status} {error.reason}"
        raise StoryError("a second account was created")

    def _top_up_twice(self) -> str:
        request = payments_api.TopUpAccountRequest(user_id=self._user, amount=TOP_UP)
        key = str(uuid4())
        first, second = (
            self._payments.call(request, payments_api.TopUpAccountResponse, key).transaction
            for _ in range(2)
        )
        check(first == second, f"the responses differ: {first} {second}")
        return f"one transaction {first.id}"

    def _balance(self, expected: int) -> str:
        request = payments_api.GetAccountRequest(user_id=self._user)
        account = self._payments.call(request, payments_api.GetAccountResponse).account
        check(account.balance == expected, f"balance is {account.balance}, not {expected}")
        return str(account.balance)

    def _order(self, user: str, amount: int, expected: Order.Status.ValueType) -> str:
        orders = self._client(orders_api.DESCRIPTOR, "OrdersService", user)
        request = orders_api.CreateOrderRequest(user_id=user, amount=amount, description="demo")
        order = orders.call(request, orders_api.CreateOrderResponse).order
        check(order.status == Order.NEW, f"a new order is {Order.Status.Name(order.status)}")
        *earlier, ended = _watch(orders, order.id)
        status = Order.Status.Name(ended.status)
        check(ended.status == expected, f"order {order.id} is {status}")
        check(all(event == order for event in earlier), f"its first events were {earlier}")
        return f"NEW, then {status} {ended.cancel_reason}".rstrip()

    def _cancel(self) -> str:
        user = str(uuid4())
        payments = self._client(payments_api.DESCRIPTOR, "PaymentsService", user)
        orders = self._client(orders_api.DESCRIPTOR, "OrdersService", user)
        return cancel_at_once(orders, payments, user, PRICE)

    def _list_orders(self) -> str:
        request = orders_api.ListOrdersRequest(user_id=self._user)
        orders = self._orders.call(request, orders_api.ListOrdersResponse).orders
        statuses = [Order.Status.Name(order.status) for order in orders]
        check(statuses == ["CANCELED", "FINISHED"], f"the orders are {statuses}")
        return ", ".join(statuses)

    def _log(self) -> str:
        request = payments_api.ListTransactionsRequest(user_id=self._user)
        response = self._payments.call(request, payments_api.ListTransactionsResponse)
        entries = [(entry.type, entry.amount) for entry in response.transactions]
        expected = [(Transaction.DEBIT, PRICE), (Transaction.CREDIT, TOP_UP)]
        check(entries == expected, f"the transactions are {entries}")
        return ", ".join(f"{Transaction.Type.Name(kind)} {amount}" for kind, amount in entries)


def _watch(orders: RestClient, order_id: str) -> list[Order]:
    """Returns the events of an order until it has ended; an order that is paid quickly has only one."""
    request = orders_api.WatchOrderRequest(order_id=order_id)
    responses = orders.watch(request, orders_api.WatchOrderResponse)
    try:
        return [response.order for response in responses]
    except httpx.ReadTimeout:
        raise StoryError(f"order {order_id} is still NEW") from None
