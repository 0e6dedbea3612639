"""Pays an order with the client that openapi-python-client generates: `python story.py URL USER_ID TOKEN`."""

import sys
import time
from typing import TypeVar
from uuid import UUID, uuid4

from shop_client import AuthenticatedClient, models
from shop_client.api.orders_service import create_order, get_order
from shop_client.api.payments_service import create_account, list_transactions, top_up_account

T = TypeVar("T")
SECONDS_MAX = 15
if len(sys.argv) != 4:
    sys.exit("usage: python story.py URL USER_ID TOKEN")
url, user_id, token = sys.argv[1:]
shop, user, key = AuthenticatedClient(base_url=url, token=token), UUID(user_id), str(uuid4())


def expect(kind: type[T], response: object) -> T:
    """Returns a response of this kind; the generated functions return errors, too."""
    assert isinstance(response, kind), response
    return response


holder = models.CreateAccountRequest(user_id=user)
account = expect(models.Account, create_account.sync(client=shop, body=holder))
print("account:", account.id)

amount = models.TopUpAccountBody(amount=5000)
top_up = expect(models.Transaction, top_up_account.sync(user, client=shop, body=amount))
print("top-up:", top_up.amount)

books = models.CreateOrderRequest(user_id=user, amount=1500, description="Two books")
order = expect(models.Order, create_order.sync(client=shop, body=books, idempotency_key=key))
print("order:", order.id)

paid, end = order, time.monotonic() + SECONDS_MAX
while paid.status == models.OrderStatus.NEW and time.monotonic() < end:
    time.sleep(0.1)
    paid = expect(models.Order, get_order.sync(order.id, client=shop))
assert paid.status == models.OrderStatus.FINISHED, paid
print("FINISHED:", paid.updated_at)

error = expect(models.Status, create_account.sync(client=shop, body=holder))
info = expect(models.ErrorInfo, error.details[0])
assert info.reason == "ACCOUNT_ALREADY_EXISTS", error
print("typed error:", info.reason)

amounts: list[int] = []
page_token = ""
while not amounts or page_token:
    found = list_transactions.sync(user, client=shop, page_size=1, page_token=page_token)
    page = expect(models.ListTransactionsResponse, found)
    amounts += [transaction.amount for transaction in page.transactions]
    page_token = page.next_page_token
assert amounts == [1500, 5000], amounts
print("paging:", amounts)

repeated = create_order.sync(client=shop, body=books, idempotency_key=key)
assert repeated == order, repeated
print("idempotent retry:", order.id)
