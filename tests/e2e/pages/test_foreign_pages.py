"""Pages of other websites in Chromium, whose visitor's machine reaches the gateway."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Final

import pytest

from tests.e2e.pages.browser import NEEDS_CHROMIUM, chromium
from tests.e2e.pages.conftest import Site
from tests.shop_client import ShopClient

pytestmark = NEEDS_CHROMIUM

SEND: Final = """([url, body]) =>
  fetch(url, {method: "POST", mode: "no-cors", body: new Blob([body])}).then(({type}) => type)"""
"""Sends a request that a browser doesn't ask the gateway about before: a Blob has no Content-Type."""


class EmptyPage(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Logs nothing."""


@pytest.fixture
def foreign_url() -> Iterator[str]:
    """A page whose site is `localhost`, which is another one than `127.0.0.1`."""
    with ThreadingHTTPServer(("127.0.0.1", 0), EmptyPage) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://localhost:{server.server_port}/"
        server.shutdown()
        thread.join()


def test_a_foreign_page_creates_no_order(
    foreign_url: str, site: Site, shop: ShopClient, user: str
) -> None:
    shop.account(user, balance=2000)
    order = json.dumps({"user_id": user, "amount": 1500})
    with chromium() as browser, browser.new_page() as page:
        page.goto(foreign_url)
        with page.expect_response(f"{site.url}/orders") as responded:
            assert page.evaluate(SEND, [f"{site.url}/orders", order]) == "opaque"
        assert responded.value.status == 403
    listed = shop.rest.get("/orders", params={"user_id": user}).raise_for_status().json()
    assert listed["orders"] == []
