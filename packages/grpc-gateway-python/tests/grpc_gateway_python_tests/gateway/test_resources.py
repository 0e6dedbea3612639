import asyncio
import gzip

import pytest

from grpc_gateway_python._pages.static_documents import StaticDocument
from grpc_gateway_python_tests.gateway.asgi import AppResponse, ask

LARGE = b'{"a": "' + b"x" * 1000 + b'"}'


def get(resource: StaticDocument, **headers: str) -> AppResponse:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return asyncio.run(ask(resource, raw))


def test_a_document_is_served_byte_for_byte() -> None:
    response = get(StaticDocument(LARGE))
    assert (response.status, response.body) == (200, LARGE)
    assert response.headers[b"content-type"] == b"application/json"
    assert response.headers[b"content-length"] == str(len(LARGE)).encode()


@pytest.mark.parametrize("accepted", ["gzip", "br, gzip;q=0.5", "GZIP"])
def test_a_document_is_compressed_for_clients_that_accept_it(accepted: str) -> None:
    response = get(StaticDocument(LARGE), accept_encoding=accepted)
    assert response.headers[b"content-encoding"] == b"gzip"
    assert gzip.decompress(response.body) == LARGE


@pytest.mark.parametrize("accepted", ["", "br", "gzip;q=0", "identity"])
def test_it_is_plain_for_others(accepted: str) -> None:
    assert get(StaticDocument(LARGE), accept_encoding=accepted).body == LARGE


def test_a_small_document_is_never_compressed() -> None:
    assert get(StaticDocument(b"{}"), accept_encoding="gzip").body == b"{}"


def test_a_client_that_has_the_current_version_gets_no_body() -> None:
    resource = StaticDocument(LARGE)
    plain, packed = get(resource), get(resource, accept_encoding="gzip")
    assert plain.headers[b"etag"] != packed.headers[b"etag"]
    for tag in (plain.headers[b"etag"].decode(), f'"x", W/{plain.headers[b"etag"].decode()}', "*"):
        response = get(resource, if_none_match=tag)
        assert (response.status, response.body) == (304, b"")
        assert b"content-length" not in response.headers
    assert get(resource, if_none_match='"other"').status == 200
