"""The reasons of failed payments are the same in SQL, in the events of payments and in orders."""

import json
from pathlib import Path

from shop.orders.v1.order_pb2 import Order
from shop.payments.db.models import PaymentOutcome
from shop.payments.events.v1.payment_event_pb2 import PaymentFailed

ASYNCAPI = Path(__file__).parents[3] / "gen" / "asyncapi" / "asyncapi.json"


def test_reasons_are_the_same_everywhere() -> None:
    failures = [outcome.value for outcome in PaymentOutcome if outcome is not PaymentOutcome.PAID]
    assert PaymentFailed.Reason.keys()[1:] == failures
    assert Order.CancelReason.keys()[1:] == failures


def test_asyncapi_lists_the_reasons() -> None:
    message = json.loads(ASYNCAPI.read_text())["components"]["messages"]["PaymentFailed"]
    reason = message["payload"]["properties"]["data"]["properties"]["reason"]
    assert reason["x-extensible-enum"] == PaymentFailed.Reason.keys()[1:]
    assert message["examples"][0]["payload"]["data"]["reason"] in reason["x-extensible-enum"]
