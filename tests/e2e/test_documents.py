from pathlib import Path

import httpx
import pytest

OPENAPI = Path(__file__).parents[2] / "gen/openapi"


@pytest.mark.parametrize(
    ("path", "file"),
    [("/swagger/doc.json", "shop.swagger.json"), ("/openapi.json", "shop.openapi.json")],
)
def test_the_spec_is_served_as_committed(rest: httpx.Client, path: str, file: str) -> None:
    answer = rest.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.content == (OPENAPI / file).read_bytes()
    again = rest.get(path, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_docs_need_no_other_host(rest: httpx.Client) -> None:
    page = rest.get("/docs", follow_redirects=True)
    assert page.status_code == 200
    assert "swagger" in page.text.lower()
    assert "https://" not in page.text.replace("https://www.w3.org", "")
