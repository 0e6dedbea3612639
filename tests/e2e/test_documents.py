import json
from pathlib import Path

import httpx
import pytest

from grpc_gateway_python._app.specifications import without_security

GENERATED = Path(__file__).parents[2] / "gen"


@pytest.mark.parametrize(
    ("path", "file"),
    [
        ("/swagger/doc.json", "openapi/shop.swagger.json"),
        ("/openapi.json", "openapi/shop.openapi.json"),
        ("/asyncapi.json", "asyncapi/asyncapi.json"),
    ],
)
def test_document_without_access_control_is_the_committed_one_without_security(
    rest: httpx.Client, path: str, file: str
) -> None:
    response = rest.get(path)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    committed = json.loads((GENERATED / file).read_text())
    assert response.json() == (committed if "asyncapi" in file else without_security(committed))
    again = rest.get(path, headers={"If-None-Match": response.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_docs_load_nothing_from_other_hosts(rest: httpx.Client) -> None:
    page = rest.get("/docs", follow_redirects=True)
    assert page.status_code == 200
    assert "swagger" in page.text.lower()
    assert "https://" not in page.text.replace("https://www.w3.org", "")


def test_the_page_of_the_events_lists_every_event(rest: httpx.Client) -> None:
    page = rest.get("/events")
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    for name in ("OrderCreated", "PaymentSucceeded", "PaymentFailed"):
        assert name in page.text
    assert rest.get("/asyncapi.json").json()["asyncapi"].startswith("3.0")
