"""Server-sent events: formats, resumption, heartbeats, ends, and clients that leave or don't read."""

import json
import re
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import grpc
import httpx
import pytest
from httpx_sse import EventSource, ServerSentEvent, connect_sse

from grpc_gateway_python import Gateway, GrpcTransport, Limits, Servers
from grpc_gateway_python._app.app import create_app_and_routes
from shop.services_gateway import DOMAIN, OPERATIONS
from tests.integration.gateway.serving import SPECIFICATION, serving
from tests.integration.gateway.watched_orders import END, WatchedOrders

EVENTS = "text/event-stream"
LINES = "application/x-ndjson"
SECONDS_MAX = 20.0
SHORT_SECONDS = 0.1
LONG_SECONDS = 600.0
RETRY = re.compile(r"retry: [123][0-9]{3}\n")


@dataclass
class Served:
    """A gateway in front of orders that a test controls."""

    orders: WatchedOrders
    http: httpx.Client
    address: tuple[str, int]
    stop: Callable[[], None]
    """Stops the gateway and waits for its end."""

    def watch(self, order: str, **headers: str) -> Any:
        """Returns a context manager that yields the events of an order."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return connect_sse(self.http, "GET", f"/orders/{order}/events", headers=named)

    def get(self, order: str, **headers: str) -> httpx.Response:
        """Returns the whole response, which must end."""
        named = {"Accept": EVENTS} | headers
        return self.http.get(f"/orders/{order}/events", headers=named)


@contextmanager
def served(
    limits: Limits, transport: GrpcTransport = GrpcTransport.ASYNCIO, description: str = ""
) -> Iterator[Served]:
    with WatchedOrders(description) as orders, ExitStack() as server, ExitStack() as client:
        gateway = Gateway(
            operations=OPERATIONS,
            specification=SPECIFICATION,
            backends={"shop": Servers(orders.address)},
            transport=transport,
            domain=DOMAIN,
            limits=limits,
            cors_origins=["https://shop.example"],
        )
        app, direct = create_app_and_routes(gateway)
        address = server.enter_context(serving(app, limits, DOMAIN, direct))
        url = f"http://{address[0]}:{address[1]}"
        http = client.enter_context(httpx.Client(base_url=url, timeout=SECONDS_MAX))
        yield Served(orders, http, address, server.close)


@pytest.fixture(scope="module", params=list(GrpcTransport), ids=lambda transport: transport.value)
def shop(request: pytest.FixtureRequest) -> Iterator[Served]:
    with served(Limits(stream_begin_seconds_max=SHORT_SECONDS), request.param) as found:
        yield found


@pytest.fixture
def order() -> str:
    return str(uuid4())


def statuses(events: list[ServerSentEvent]) -> list[tuple[str, str]]:
    """Returns the id and the status of each event."""
    return [(event.id, event.json()["status"]) for event in events]


def reason(response: httpx.Response) -> str:
    return str(response.json()["details"][0]["reason"])


def test_each_event_is_the_message_as_json_in_one_line(shop: Served, order: str) -> None:
    shop.orders.add(order, "NEW", "FINISHED", END)
    response = shop.get(order)
    assert response.status_code == 200
    assert response.headers["content-type"] == EVENTS
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-accel-buffering"] == "no"
    retry, rest = response.text.split("\n", 1)
    assert RETRY.fullmatch(f"{retry}\n")
    first, second, nothing = rest.split("\n\n")
    assert nothing == ""
    id_line, data = first.split("\n")
    assert id_line == "id: NEW"
    assert json.loads(data.removeprefix("data: "))["id"] == order
    assert second.startswith("id: FINISHED\ndata: {")


def test_event_arrives_when_the_service_sends_it(shop: Served, order: str) -> None:
    shop.orders.add(order, "NEW")
    with shop.watch(order) as source:
        events = source.iter_sse()
        assert next(events).id == "NEW"
        shop.orders.add(order, "CANCELED", END)
        assert next(events).id == "CANCELED"
        assert list(events) == []


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        (EVENTS, EVENTS),
        ("text/*", EVENTS),
        ("*/*", EVENTS),
        (f"{EVENTS};q=0.5, {LINES}", LINES),
        ("application/json", LINES),
        (LINES, LINES),
    ],
)
def test_accept_chooses_the_format(
    shop: Served, order: str, accept: str, content_type: str
) -> None:
    shop.orders.add(order, "NEW", END)
    response = shop.get(order, Accept=accept)
    assert response.headers["content-type"] == content_type
    data = re.sub(r"^(retry|id): .*\n", "", response.text, flags=re.MULTILINE)
    text = data.removeprefix("data: ")
    found = json.loads(text)
    assert found.get("result", found)["status"] == "NEW"


@pytest.mark.parametrize("accept", ["text/html", f"{EVENTS};q=0", "image/*"])
def test_no_acceptable_format_is_406(shop: Served, order: str, accept: str) -> None:
    response = shop.get(order, Accept=accept)
    assert (response.status_code, reason(response)) == (406, "NOT_ACCEPTABLE")


def test_other_methods_are_405_and_head_has_no_body(shop: Served, order: str) -> None:
    path = f"/orders/{order}/events"
    response = shop.http.post(path)
    assert (response.status_code, response.headers["allow"]) == (405, "GET, HEAD")
    shop.orders.add(order, "NEW")
    response = shop.http.head(path)
    assert (response.status_code, response.headers["content-type"]) == (200, EVENTS)
    assert response.content == b""


def test_last_event_id_reaches_the_service(shop: Served, order: str) -> None:
    shop.orders.add(order, "FINISHED", END)
    with shop.watch(order, Last_Event_ID="NEW") as source:
        assert statuses(list(source.iter_sse())) == [("FINISHED", "FINISHED")]
    assert shop.orders.requests[-1].last_event_id == "NEW"


def test_last_event_id_takes_the_place_of_the_parameter(shop: Served, order: str) -> None:
    shop.orders.add(order, "FINISHED", END, "FINISHED", END)
    path = f"/orders/{order}/events?last_event_id=A"
    assert shop.http.get(path).status_code == 200
    assert shop.orders.requests[-1].last_event_id == "A"
    assert shop.http.get(path, headers={"Last-Event-ID": "B"}).status_code == 200
    assert shop.orders.requests[-1].last_event_id == "B"


@pytest.mark.parametrize(
    ("last_id", "field"), [(b"x" * 65, "last_event_id"), (b"\xff", "last-event-id")]
)
def test_last_event_id_has_the_rules_of_its_field(
    shop: Served, order: str, last_id: bytes, field: str
) -> None:
    response = shop.http.get(f"/orders/{order}/events", headers=[(b"Last-Event-ID", last_id)])
    assert response.status_code == 400
    assert field in response.json()["details"][1]["field_violations"][0]["field"].lower()


def test_stream_without_another_message_is_204(shop: Served, order: str) -> None:
    """An EventSource connects again after each end of a stream, unless the response is 204."""
    shop.orders.add(order, END)
    response = shop.get(order, **{"Last-Event-ID": "FINISHED"})
    assert (response.status_code, response.content) == (204, b"")


@pytest.mark.parametrize(
    ("code", "status"),
    [(grpc.StatusCode.NOT_FOUND, 404), (grpc.StatusCode.UNAVAILABLE, 503)],
)
def test_error_before_the_first_message_is_the_response(
    shop: Served, order: str, code: grpc.StatusCode, status: int
) -> None:
    shop.orders.add(order, code)
    response = shop.get(order)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/json"
    assert response.json()["code"] == code.value[0]
    assert ("retry-after" in response.headers) == (status == 503)


@pytest.mark.parametrize("first", [["NEW"], []], ids=["after a message", "after a comment"])
def test_error_after_the_status_is_an_event(shop: Served, order: str, first: list[str]) -> None:
    shop.orders.add(order, *first)
    with shop.watch(order) as source:
        events = source.iter_sse()
        if first:
            assert next(events).id == "NEW"
        shop.orders.add(order, grpc.StatusCode.NOT_FOUND)
        error = next(events)
        assert error.event == "error"
        assert error.json()["code"] == grpc.StatusCode.NOT_FOUND.value[0]
        assert error.json()["details"][0]["reason"] == "NOT_FOUND"
        assert list(events) == []


def test_client_that_leaves_ends_the_call(shop: Served, order: str) -> None:
    shop.orders.left.clear()
    shop.orders.add(order, "NEW")
    with shop.watch(order) as source:
        next(source.iter_sse())
    assert shop.orders.left.wait(SECONDS_MAX)


def test_pages_of_allowed_origins_may_resume(shop: Served, order: str) -> None:
    origin = {"Origin": "https://shop.example"}
    asked = {
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "last-event-id",
    }
    preflight = shop.http.options(f"/orders/{order}/events", headers=origin | asked)
    assert preflight.status_code == 200
    shop.orders.add(order, "NEW", END)
    response = shop.get(order, **origin)
    assert response.headers["access-control-allow-origin"] == "https://shop.example"


def lines_of(source: EventSource) -> Iterator[str]:
    return source.response.iter_lines()


def test_comments_keep_a_quiet_stream_open(order: str) -> None:
    limits = Limits(stream_begin_seconds_max=SHORT_SECONDS, stream_heartbeat_seconds=SHORT_SECONDS)
    with served(limits) as shop, shop.watch(order) as source:
        lines = lines_of(source)
        assert RETRY.fullmatch(next(lines) + "\n")
        assert [next(lines) for _ in range(3)] == [":"] * 3
        shop.orders.add(order, "NEW", END)
        rest = "\n".join(lines)
        assert re.fullmatch(r"(:\n)*id: NEW\ndata: .*\n(\n:)*", rest)


@pytest.mark.parametrize(
    "limits",
    [
        Limits(stream_seconds_max=SHORT_SECONDS),
        Limits(stream_silence_seconds_max=SHORT_SECONDS, stream_heartbeat_seconds=SHORT_SECONDS),
    ],
    ids=["its time", "silence"],
)
def test_stream_ends_without_an_error_after(limits: Limits, order: str) -> None:
    with served(limits) as shop:
        shop.orders.add(order, "NEW")
        with shop.watch(order) as source:
            assert statuses(list(source.iter_sse())) == [("NEW", "NEW")]
        assert shop.orders.left.wait(SECONDS_MAX)


@pytest.mark.parametrize("transport", GrpcTransport, ids=lambda transport: transport.value)
def test_lines_end_with_an_error_after_their_time(order: str, transport: GrpcTransport) -> None:
    """The last line tells a client whether it has all messages: most clients of lines can't resume."""
    with served(Limits(stream_seconds_max=1), transport) as shop:
        shop.orders.add(order, "NEW")
        first, last = map(json.loads, shop.get(order, Accept=LINES).text.splitlines())
        assert first["result"]["status"] == "NEW"
        assert last["error"]["code"] == grpc.StatusCode.DEADLINE_EXCEEDED.value[0]
        assert last["error"]["details"][0]["reason"] == "DEADLINE_EXCEEDED"
        assert shop.orders.left.wait(SECONDS_MAX)


def test_deadline_of_the_client_takes_the_place_of_the_time_of_lines(order: str) -> None:
    with served(Limits(stream_seconds_max=0)) as shop:
        assert shop.get(order, Accept=LINES).status_code == 504
        shop.orders.add(order, "NEW", END)
        response = shop.get(order, Accept=LINES, **{"Grpc-Timeout": "1M"})
        (line,) = map(json.loads, response.text.splitlines())
        assert line["result"]["status"] == "NEW"


def test_stream_whose_time_is_over_before_its_first_message_is_no_204(order: str) -> None:
    """A client that gets 204 doesn't connect again, although messages may come."""
    limits = Limits(stream_seconds_max=SHORT_SECONDS, stream_begin_seconds_max=LONG_SECONDS)
    with served(limits) as shop:
        response = shop.get(order)
        assert response.status_code == 200
        assert RETRY.fullmatch(response.text)
        assert response.headers["content-type"] == EVENTS


def test_gateway_that_stops_ends_its_streams_at_once(order: str) -> None:
    other = str(uuid4())
    with served(Limits(stream_begin_seconds_max=LONG_SECONDS)) as shop:
        shop.orders.add(order, "NEW")
        with (
            shop.watch(order) as source,
            socket.create_connection(shop.address, timeout=SECONDS_MAX) as waiting,
        ):
            events = source.iter_sse()
            assert next(events).id == "NEW"
            waiting.sendall(f"GET /orders/{other}/events HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            deadline = time.monotonic() + SECONDS_MAX
            while len(shop.orders.requests) < 2:
                assert time.monotonic() < deadline
                time.sleep(0.01)
            started = time.monotonic()
            shop.stop()
            assert time.monotonic() - started < Limits().drain_seconds_max
            assert list(events) == []
            received = b""
            while piece := waiting.recv(65536):
                received += piece
    assert received.startswith(b"HTTP/1.1 503 ")
    assert b"SERVICE_UNAVAILABLE" in received


def test_streams_above_the_bound_are_rejected_and_other_requests_are_served(order: str) -> None:
    limits = Limits(streams_max=1, requests_max=1)
    with served(limits) as shop:
        shop.orders.add(order, "NEW")
        with shop.watch(order) as source:
            next(source.iter_sse())
            response = shop.get(order)
            assert (response.status_code, reason(response)) == (503, "TOO_MANY_STREAMS")
            assert response.headers["retry-after"]
            assert shop.http.get(f"/orders/{order}").status_code == 200
        assert shop.orders.left.wait(SECONDS_MAX)
        shop.orders.add(order, "FINISHED", END)
        while (response := shop.get(order)).status_code == 503:
            time.sleep(0.01)
        assert "id: FINISHED" in response.text


def test_client_that_does_not_read_is_ended_and_stops_the_service(order: str) -> None:
    limits = Limits(read_seconds_max=1)
    events = 2_000
    with served(limits, description="x" * 64 * 1024) as shop:
        shop.orders.add(order, *["NEW"] * events)
        with socket.create_connection(shop.address, timeout=SECONDS_MAX) as client:
            client.sendall(f"GET /orders/{order}/events HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            client.recv(1)
            assert shop.orders.left.wait(SECONDS_MAX)
    assert shop.orders.sent < events
