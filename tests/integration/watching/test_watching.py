"""Many clients watch orders, and copies of orders end while they do so."""

import asyncio
import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from httpx_sse import connect_sse

from bench.measuring.watchers import Watchers
from tests.integration.watching.conftest import WatchedShop

WATCHERS = int(os.environ.get("WATCHERS", "300"))
RESUMING = 12
"""Enough for each copy of orders to serve several."""
SECONDS_MAX = 60.0
PAUSE_SECONDS = 0.2


@pytest.mark.anyio
async def test_every_watcher_is_told_the_end_and_other_requests_are_served(
    watched_shop: WatchedShop,
) -> None:
    orders = await asyncio.to_thread(watched_shop.create_orders, WATCHERS)
    async with (
        httpx.AsyncClient(base_url=watched_shop.url, timeout=SECONDS_MAX) as http,
        Watchers(watched_shop.url, orders) as watchers,
    ):
        await watchers.told("NEW", SECONDS_MAX)
        response = await http.get(f"/orders/{orders[0]}")
        assert response.json()["status"] == "NEW"
        await watched_shop.finish(orders)
        await watchers.told("FINISHED", SECONDS_MAX)
        assert max(watchers.delays()) < SECONDS_MAX * 1000


class Watcher:
    """Watches an order as EventSource does: connects again after each end of its stream, until the response is 204."""

    def __init__(self, url: str, order: str) -> None:
        self._url = url
        self._path = f"/orders/{order}/events"
        self.events: list[str] = []
        """The ids of the received events."""
        self.errors: list[str] = []
        """The reasons of the error events."""
        self.connected = threading.Event()

    def watch(self) -> None:
        deadline = time.monotonic() + SECONDS_MAX
        with httpx.Client(base_url=self._url, timeout=SECONDS_MAX) as http:
            while self._watch_once(http):
                assert time.monotonic() < deadline, (self.events, self.errors)
                time.sleep(PAUSE_SECONDS)

    def _watch_once(self, http: httpx.Client) -> bool:
        last = {"Last-Event-ID": self.events[-1]} if self.events else {}
        with connect_sse(http, "GET", self._path, headers=last) as source:
            if source.response.status_code != 200:
                return source.response.status_code != 204
            for event in source.iter_sse():
                if event.event == "error":
                    self.errors.append(str(event.json()["details"][0]["reason"]))
                else:
                    self.events.append(event.id)
                    self.connected.set()
        return True


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_watchers_resume_at_another_copy_and_are_told_the_end_once(
    watched_shop: WatchedShop, number: signal.Signals
) -> None:
    (order,) = watched_shop.create_orders(1)
    watchers = [Watcher(watched_shop.url, order) for _ in range(RESUMING)]
    with ThreadPoolExecutor(RESUMING) as pool:
        watching = [pool.submit(watcher.watch) for watcher in watchers]
        assert all(watcher.connected.wait(SECONDS_MAX) for watcher in watchers)
        watched_shop.end_copy(number)
        deadline = time.monotonic() + SECONDS_MAX
        while not any(watcher.errors for watcher in watchers):
            assert time.monotonic() < deadline, "no watcher was served by the copy that ended"
            time.sleep(PAUSE_SECONDS)
        asyncio.run(watched_shop.finish([order]))
        for done in watching:
            done.result(SECONDS_MAX)
    assert {tuple(watcher.events) for watcher in watchers} == {("NEW", "FINISHED")}
    assert {reason for watcher in watchers for reason in watcher.errors} == {"SERVICE_UNAVAILABLE"}


def test_gateway_that_stops_ends_streams_at_once(watched_shop: WatchedShop) -> None:
    (order,) = watched_shop.create_orders(1)
    with (
        httpx.Client(base_url=watched_shop.url, timeout=SECONDS_MAX) as http,
        connect_sse(http, "GET", f"/orders/{order}/events") as source,
    ):
        events = source.iter_sse()
        assert next(events).id == "NEW"
        watched_shop.gateway.terminate()
        assert list(events) == []
    assert watched_shop.gateway.wait(SECONDS_MAX) in {0, -signal.SIGTERM}
