"""Pages and documents of the running system, directly and below a path prefix."""

import json
import re
from pathlib import Path
from urllib.parse import urljoin
from uuid import uuid4

import httpx
import pytest

from grpc_gateway_python._pages.specifications import below_prefix, without_security
from tests.e2e.pages.conftest import Site

GENERATED = Path(__file__).parents[3] / "gen"
HTML = {"Accept": "text/html"}
LINK = re.compile(r'(?:href|src)=["\']([^"\']+)')
PAGES = ("", "docs", "events")


@pytest.mark.parametrize(
    ("path", "file"),
    [
        ("swagger/doc.json", "openapi/shop.swagger.json"),
        ("openapi.json", "openapi/shop.openapi.json"),
    ],
)
def test_document_without_access_control_is_the_committed_one_without_security(
    client: httpx.Client, site: Site, path: str, file: str
) -> None:
    response = client.get(path)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    committed = json.loads((GENERATED / file).read_text())
    assert response.json() == below_prefix(without_security(committed), site.prefix)
    again = client.get(path, headers={"If-None-Match": response.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_document_of_events_is_the_committed_one_but_for_the_servers(
    client: httpx.Client,
) -> None:
    committed = json.loads((GENERATED / "asyncapi" / "asyncapi.json").read_text())
    served = client.get("asyncapi.json").json()
    assert served["servers"] != committed["servers"]
    assert served | {"servers": committed["servers"]} == committed


def test_a_client_that_is_generated_from_a_document_reaches_the_routes(
    client: httpx.Client, site: Site
) -> None:
    """OpenAPI resolves the URL of a server against that of the document."""
    (server,) = client.get("openapi.json").json()["servers"]
    base = urljoin(f"{site.url}/openapi.json", server["url"])
    assert (
        client.get(f"{base.rstrip('/')}/orders").json()["details"][0]["reason"] == "INVALID_REQUEST"
    )


def test_the_location_of_a_created_resource_leads_to_it(client: httpx.Client, site: Site) -> None:
    created = client.post("accounts", json={"user_id": str(uuid4())})
    location = urljoin(str(created.url), created.headers["location"])
    assert location == f"{site.url}/accounts/{created.json()['user_id']}"
    assert client.get(location).json() == created.json()


@pytest.mark.parametrize("page", PAGES)
def test_the_links_of_a_page_lead_to_pages_documents_and_files_of_this_gateway(
    client: httpx.Client, site: Site, page: str
) -> None:
    response = client.get(page, headers=HTML)
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    for link in set(LINK.findall(response.text)):
        target = urljoin(f"{site.url}/{page}", link)
        assert target.startswith(f"{site.url}/"), (
            "a link leads out of the prefix, or to another host"
        )
        assert client.get(target, headers=HTML).status_code == 200, target


def test_docs_with_a_slash_at_the_end_leads_to_docs(client: httpx.Client, site: Site) -> None:
    page = client.get("docs/", follow_redirects=True)
    assert (page.status_code, str(page.url)) == (200, f"{site.url}/docs")


def test_the_prefix_of_an_untrusted_client_is_no_prefix(gateway_url: str) -> None:
    """The stack trusts 127.0.0.1; a client of 127.0.0.2 is another one."""
    transport = httpx.HTTPTransport(local_address="127.0.0.2")
    with httpx.Client(base_url=gateway_url, transport=transport) as stranger:
        headers = {"X-Forwarded-Prefix": "/evil", "X-Forwarded-Host": "evil.example"}
        document = stranger.get("/swagger/doc.json", headers=headers).text
    assert "evil" not in document


def test_the_page_of_the_events_lists_every_event(client: httpx.Client) -> None:
    page = client.get("events")
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    for name in ("OrderCreated", "OrderCanceled", "PaymentSucceeded", "PaymentFailed"):
        assert name in page.text
    assert client.get("asyncapi.json").json()["asyncapi"].startswith("3.0")
