"""The security headers of every response."""

import asyncio
import base64
import hashlib
from pathlib import Path

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from grpc_gateway_python._pages.static_documents import HTML, StaticDocument
from grpc_gateway_python._responses.responses import JSON, Response
from grpc_gateway_python_tests.gateway.asgi import AppResponse, around, ask

SCRIPT = b"let a = 1;\n"
STYLE = b"a { color: red }"
INLINE = b"<style>%b</style><script>%b</script>" % (STYLE, SCRIPT)
PAGES = {
    "plain": StaticDocument(b"<link href='a.css'><script src='a.js'></script>", HTML),
    "injected": StaticDocument(INLINE, HTML),
}


@pytest.fixture
def file(tmp_path: Path) -> StaticDocument:
    """An HTML file with an inline script and an inline style."""
    path = tmp_path / "report.html"
    path.write_bytes(INLINE)
    return StaticDocument.of_file(path)


async def served(_: Scope, __: Receive, send: Send) -> None:
    await Response(200, [JSON], b"{}").send(send)


async def failing(_: Scope, __: Receive, ___: Send) -> None:
    raise RuntimeError


def get(app: ASGIApp, *headers: tuple[bytes, bytes]) -> AppResponse:
    return asyncio.run(ask(around(app), headers))


@pytest.mark.parametrize("app", [served, failing, *PAGES.values()])
def test_every_response_has_security_headers(app: ASGIApp) -> None:
    headers = get(app).headers
    assert headers[b"x-content-type-options"] == b"nosniff"
    assert headers[b"referrer-policy"] == b"no-referrer"
    assert headers[b"x-frame-options"] == b"DENY"
    assert b"frame-ancestors 'none'" in headers[b"content-security-policy"]


def test_json_may_load_nothing() -> None:
    policy = get(served).headers[b"content-security-policy"]
    assert policy == b"default-src 'none'; frame-ancestors 'none'"


@pytest.mark.parametrize("name", PAGES)
def test_a_page_loads_and_runs_files_of_this_server_only(name: str) -> None:
    policy = get(PAGES[name]).headers[b"content-security-policy"]
    assert b"; script-src 'self'; style-src 'self'; " in policy
    assert b"unsafe" not in policy


def test_an_html_file_may_have_its_own_inline_scripts_and_styles_only(file: StaticDocument) -> None:
    policy = get(file).headers[b"content-security-policy"]
    script, style = (base64.b64encode(hashlib.sha256(text).digest()) for text in (SCRIPT, STYLE))
    assert (
        b"; script-src 'self' 'sha256-%b'; style-src 'self' 'sha256-%b'; " % (script, style)
        in policy
    )


def test_a_page_that_is_unchanged_keeps_its_policy(file: StaticDocument) -> None:
    for page in (*PAGES.values(), file):
        first = get(page)
        again = get(page, (b"if-none-match", first.headers[b"etag"]))
        assert again.status == 304
        policy = b"content-security-policy"
        assert again.headers[policy] == first.headers[policy]
