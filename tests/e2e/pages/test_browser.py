"""The pages in Chromium, on the running system, directly and below a path prefix."""

import json
from collections.abc import Callable, Iterator
from typing import Final, Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from embedded_stack.testing import Running
from tests.e2e.pages.browser import NEEDS_CHROMIUM, Faults, barriers, chromium, load_axe
from tests.e2e.pages.conftest import Site
from tests.shop_client import ShopClient

pytestmark = NEEDS_CHROMIUM

CREATE_ORDER = "docs#/OrdersService/CreateOrder"
LIST_ORDERS = "docs#/OrdersService/ListOrders"
PHONE, DESKTOP = 390, 1366
HEIGHT = 900
WHITE = "rgb(255, 255, 255)"
SCHEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")

WATCH: Final = """path => new Promise(resolve => {
  const events = [];
  const source = new EventSource(path);
  source.onmessage = ({lastEventId, data}) => events.push([lastEventId, JSON.parse(data).status]);
  source.onerror = () => source.readyState === EventSource.CLOSED && resolve(events);
})"""
"""Watches an order as scripts of a page do, until the browser gives up: it connects again after the end."""

Open = Callable[[str], Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for all tests here. It ends with the module: its event loop would disturb those of later tests."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def opened(browser: Browser, site: Site) -> Iterator[Open]:
    """Returns a function that opens a page of the gateway; at the end, the page must be without fault."""
    with browser.new_context(viewport={"width": DESKTOP, "height": HEIGHT}) as context:
        page = context.new_page()
        faults = Faults(page, site.url)

        def open_page(path: str) -> Page:
            page.goto(f"{site.url}/{path}")
            return page

        yield open_page
        page.wait_for_load_state("networkidle")
        assert faults.found == []


def execute(page: Page) -> None:
    """Sends the request of the operation that is open."""
    page.get_by_role("button", name="Execute").click()
    expect(page.locator(".live-responses-table tr.response")).to_be_visible()


def test_an_order_that_is_sent_from_the_docs_is_paid(
    opened: Open, shop: ShopClient, user: str
) -> None:
    shop.account(user, balance=2000)
    page = opened(CREATE_ORDER)
    page.get_by_role("button", name="Try it out").click()
    order = {"user_id": user, "amount": 1500, "description": "Two books"}
    page.get_by_role("textbox", name="Request body").fill(json.dumps(order))
    execute(page)

    expect(page.locator(".live-responses-table")).to_contain_text("201")
    expect(page.get_by_text("Request duration")).to_be_visible()
    created = json.loads(page.locator(".live-responses-table .microlight").first.inner_text())
    assert created["status"] == "NEW"
    assert shop.ended(created["id"])["status"] == "FINISHED"


def test_an_order_is_watched_by_a_script_until_its_end(
    opened: Open, shop: ShopClient, user: str
) -> None:
    shop.account(user, balance=2000)
    page = opened("")
    order = shop.order(user, amount=1500)
    events = page.evaluate(WATCH, f"orders/{order['id']}/events")
    assert events in ([["NEW"] * 2, ["FINISHED"] * 2], [["FINISHED"] * 2])


def test_a_link_to_an_operation_opens_it(opened: Open) -> None:
    page = opened(LIST_ORDERS)
    expect(page.locator("#operations-OrdersService-ListOrders .opblock-body")).to_be_visible()
    assert page.locator(".opblock.is-open").count() == 1


def test_both_documents_can_be_chosen(opened: Open) -> None:
    page = opened(LIST_ORDERS)
    expect(page.locator(".info")).to_contain_text("OAS 3.0")
    page.get_by_label("Document").select_option("Swagger 2.0")
    expect(page.locator(".info")).to_contain_text("OAS 2.0")
    expect(page.locator("#operations-OrdersService-ListOrders .opblock-body")).to_be_visible()


def test_the_navigation_leads_through_all_pages(opened: Open, site: Site) -> None:
    page = opened("")
    for name, path in (("API", "docs"), ("Events", "events"), ("Shop", "")):
        page.get_by_role("banner").get_by_role("link", name=name, exact=True).click()
        expect(page).to_have_url(f"{site.url}/{path}")
        # Swagger UI adds another heading of the first level.
        expect(page.get_by_role("heading", name=name, exact=True, level=1)).to_be_visible()


@pytest.mark.parametrize("path", ["docs", "events"])
def test_a_page_prints_dark_on_white_and_without_its_navigation(opened: Open, path: str) -> None:
    page = opened(path)
    page.emulate_media(color_scheme="dark")
    expect(page.get_by_role("navigation", name="Pages")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation", name="Pages")).to_be_hidden()
    expect(page.locator("body")).to_have_css("background-color", WHITE)
    expect(page.locator("html")).not_to_contain_class("dark-mode")


@pytest.mark.parametrize("path", ["", LIST_ORDERS, "events"])
def test_a_page_has_no_barrier_in_both_schemes_at_both_widths(opened: Open, path: str) -> None:
    page = opened(path)
    if path == LIST_ORDERS:
        page.locator("#operations-OrdersService-CreateOrder .opblock-summary-control").click()
        expect(page.locator(".opblock.is-open")).to_have_count(2)
        for operation in page.locator(".opblock.is-open").all():
            operation.get_by_role("button", name="Try it out").click()
    load_axe(page)
    for width in (DESKTOP, PHONE):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            assert barriers(page) == [], f"{scheme}, {width} px"
        assert page.evaluate("document.documentElement.scrollWidth") == width, "it is cut off"


def test_the_button_authorize_takes_the_token_alone(
    browser: Browser, guarded_system: Running, user: str
) -> None:
    url = guarded_system.endpoints.url("gateway")
    with browser.new_context() as context:
        page = context.new_page()
        faults = Faults(page, url)
        page.goto(f"{url}/{LIST_ORDERS}")
        page.get_by_role("button", name="Authorize", exact=True).first.click()
        load_axe(page)
        assert barriers(page) == []
        page.locator(".auth-container input").fill(guarded_system.token(user))
        page.locator(".auth-container").get_by_role("button", name="Apply").click()
        page.get_by_role("button", name="Close").first.click()
        page.get_by_role("button", name="Try it out").click()
        page.get_by_placeholder("user_id").fill(user)
        execute(page)
        expect(page.locator(".live-responses-table")).to_contain_text('"orders"')
    assert faults.found == []
