"""Kafka clients that are not ours read our events, by the schemas that the registry has."""

from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest

from embedded_stack.testing import Running
from shop.orders.events.v1.order_event_pb2 import OrderCreated
from shop.payments.events.v1.payment_event_pb2 import PaymentFailed, PaymentSucceeded
from tests.e2e.clients.apicurio.install import install as apicurio
from tests.e2e.clients.franz_go.install import install as franz_go
from tests.e2e.clients.kafkajs.install import install as kafkajs
from tests.e2e.clients.reading import ORDERS, PAYMENTS, Data, Event, read
from tests.shop_client import Json, ShopClient

CLIENTS = {"kafkajs": kafkajs, "franz-go": franz_go, "apicurio": apicurio}
CONFLUENT_API = "/apis/ccompat/v7"
APICURIO_API = "/apis/registry/v2"
AMOUNT_MAX = 2**53 - 1
CLOCK = timedelta(milliseconds=1)
"""JavaScript's clock knows no finer ones."""

pytestmark = pytest.mark.timeout(480)  # the first run downloads the clients


@pytest.fixture(scope="module")
def paid(rest: httpx.Client) -> Json:
    """An order that is FINISHED."""
    shop, user = ShopClient(rest), str(uuid4())
    shop.account(user, balance=100)
    return shop.ended(shop.order(user, 60, 'a "bök" 📚')["id"])


@pytest.fixture(scope="module")
def canceled(rest: httpx.Client) -> Json:
    """An order that is CANCELED, with the largest amount and without a description."""
    shop, user = ShopClient(rest), str(uuid4())
    shop.account(user, balance=100)
    return shop.ended(shop.order(user, AMOUNT_MAX)["id"])


@pytest.fixture(scope="module", params=CLIENTS)
def events(
    request: pytest.FixtureRequest,
    system: Running,
    paid: Json,
    canceled: Json,
    tmp_path_factory: pytest.TempPathFactory,
) -> list[Event]:
    """What a client reads about the two orders."""
    folder: Path = tmp_path_factory.mktemp("client")
    command = CLIENTS[request.param](folder)
    registry = system.endpoints.schema_registry_url.replace(CONFLUENT_API, APICURIO_API)
    environment = {**system.endpoints.messaging, "APICURIO_REGISTRY_URL": registry}
    return read(command, environment, {paid["id"], canceled["id"]}, folder / "log")


def test_the_events_of_a_paid_order(events: list[Event], paid: Json) -> None:
    ids = {"order_id": paid["id"], "user_id": paid["user_id"]}
    created, succeeded = of_order(events, paid)
    check(created, paid, ORDERS, OrderCreated(**ids, amount=60, description='a "bök" 📚'))
    check(succeeded, paid, PAYMENTS, PaymentSucceeded(**ids))


def test_the_events_of_a_canceled_order(events: list[Event], canceled: Json) -> None:
    ids = {"order_id": canceled["id"], "user_id": canceled["user_id"]}
    created, failed = of_order(events, canceled)
    check(created, canceled, ORDERS, OrderCreated(**ids, amount=AMOUNT_MAX))
    check(failed, canceled, PAYMENTS, PaymentFailed(**ids, reason="INSUFFICIENT_FUNDS"))


def of_order(events: list[Event], order: Json) -> list[Event]:
    """An order's events in the order in which they happened; no event is read twice."""
    found = [event for event in events if event.data.order_id == order["id"]]
    assert len({event.event_id for event in found}) == len(found) == 2, found
    assert len({event.headers["x-request-id"] for event in found}) == 1, found
    return sorted(found, key=lambda event: event.occurred_at)


def check(event: Event, order: Json, topic: str, data: Data) -> None:
    """Compares what a client got with DESIGN.md's envelope, key and CloudEvents headers."""
    assert event.data == data
    assert (event.topic, event.key) == (topic, order["id"])
    assert event.event_type == data.DESCRIPTOR.name
    assert str(UUID(event.event_id)) == event.event_id
    created, ended = (datetime.fromisoformat(order[at]) for at in ("created_at", "updated_at"))
    assert created - CLOCK <= event.occurred_at <= ended
    time = datetime.fromisoformat(event.headers["ce_time"])
    assert abs(time - event.occurred_at) < CLOCK
    assert event.headers == {
        "ce_specversion": "1.0",
        "ce_id": event.event_id,
        "ce_source": f"/{topic}",
        "ce_type": data.DESCRIPTOR.full_name,
        "ce_time": event.headers["ce_time"],
        "content-type": "application/protobuf",
        "x-request-id": event.headers["x-request-id"],
    }
