"""The frame of all pages, the start page, and the files that pages load."""

import asyncio
import re
from urllib.parse import urljoin

import pytest
from starlette.types import ASGIApp

from grpc_gateway_python._responses.errors import GatewayError
from grpc_gateway_python_tests.gateway.asgi import AppResponse, ask

PAGES = ("/", "/docs", "/events")
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
LINK = re.compile(r'(?:href|src)=["\']([^"\']+)')

Site = dict[str, ASGIApp]


def get(site: Site, path: str, accept: str = BROWSER) -> AppResponse:
    return asyncio.run(ask(site[path], [(b"accept", accept.encode())], path=path))


@pytest.mark.parametrize("prefix", ["", "/shop"])
@pytest.mark.parametrize("path", PAGES)
def test_every_link_of_a_page_leads_to_something_that_the_gateway_serves(
    served: Site, path: str, prefix: str
) -> None:
    links = LINK.findall(get(served, path).body.decode())
    targets = {urljoin(f"https://books.example{prefix}{path}", link) for link in links}
    for target in targets:
        found = target.removeprefix(f"https://books.example{prefix}").partition("#")[0]
        assert found in served, target


def test_pages_have_the_title_of_the_specification_as_text(served: Site) -> None:
    page = get(served, "/events").body.decode()
    assert "<title>Events · Books &amp; more</title>" in page
    assert "<p id='one'>" in page
    assert "Sells &lt;b&gt;books&lt;/b&gt;." in get(served, "/").body.decode()


@pytest.mark.parametrize("path", PAGES)
def test_no_page_may_run_an_inline_script(served: Site, path: str) -> None:
    policy = get(served, path).headers[b"content-security-policy"]
    assert b"; script-src 'self'; style-src 'self'; " in policy


def test_the_navigation_marks_the_current_page(served: Site) -> None:
    page = get(served, "/events").body.decode()
    assert re.findall(r'href="([^"]+)" aria-current="page"', page) == ["./events"]


def test_the_start_page_names_the_formats_of_the_documents(served: Site) -> None:
    page = get(served, "/").body.decode()
    for text in ("Swagger 2.0", "OpenAPI 3.0.3", "/healthz", "What is published."):
        assert text in page


def test_the_start_page_has_a_heading_for_each_section_of_the_documents(served: Site) -> None:
    headings = re.findall("<h2>([^<]+)</h2>", get(served, "/").body.decode())
    assert headings == ["Pages", "Documents", "Contracts", "Health"]


@pytest.mark.parametrize("accept", [BROWSER, "text/html", "application/json, TEXT/HTML;q=0.1"])
def test_a_client_that_names_html_gets_the_start_page(served: Site, accept: str) -> None:
    response = get(served, "/", accept)
    assert response.status == 200
    assert response.headers[b"vary"] == b"accept, accept-encoding"


@pytest.mark.parametrize(
    "accept",
    ["", "*/*", "application/json", "text/html;q=0", "text/html;q=0.000, */*", "text/htmlx"],
)
def test_other_clients_get_the_error_of_an_unknown_route(served: Site, accept: str) -> None:
    with pytest.raises(GatewayError) as caught:
        get(served, "/", accept)
    assert caught.value.error.reason == "ROUTE_NOT_FOUND"


def test_docs_with_a_slash_at_the_end_leads_to_docs(served: Site) -> None:
    response = get(served, "/docs/")
    assert response.status == 308
    location = response.headers[b"location"].decode()
    assert (
        urljoin("https://books.example/shop/docs/", location) == "https://books.example/shop/docs"
    )


def test_docs_show_the_openapi_3_document_first(served: Site) -> None:
    page = get(served, "/docs").body.decode()
    assert re.findall('<option value="([^"]+)">', page) == ["./openapi.json", "./swagger/doc.json"]


def test_a_file_that_pages_load_may_be_cached_for_ever(served: Site) -> None:
    files = [path for path in served if path.startswith("/docs/assets/")]
    assert {path.rpartition(".")[2] for path in files} == {"css", "js", "svg"}
    for path in files:
        assert re.search(r"-[0-9a-f]{12}\.", path)
        assert b"immutable" in get(served, path).headers[b"cache-control"]
    assert get(served, "/docs").headers[b"cache-control"] == b"no-cache"
