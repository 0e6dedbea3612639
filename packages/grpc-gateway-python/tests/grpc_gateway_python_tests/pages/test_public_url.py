"""OpenAPI documents tell the public URL of the API."""

import pytest

from grpc_gateway_python._pages.public_url import PublicUrlError, at_public_url, is_public_url
from grpc_gateway_python._pages.specifications import below_prefix

SWAGGER = {"swagger": "2.0", "paths": {}}
OPENAPI = {"openapi": "3.0.3", "servers": [{"url": "/"}], "paths": {}}


@pytest.mark.parametrize(
    ("url", "scheme", "host", "path"),
    [
        ("https://api.example", "https", "api.example", "/"),
        ("http://127.0.0.1:8080", "http", "127.0.0.1:8080", "/"),
        ("https://[::1]:8443/shop/v1", "https", "[::1]:8443", "/shop/v1"),
    ],
)
def test_both_documents_tell_the_public_url(url: str, scheme: str, host: str, path: str) -> None:
    assert at_public_url(OPENAPI, url)["servers"] == [{"url": url}]
    assert at_public_url(SWAGGER, url) == SWAGGER | {
        "schemes": [scheme],
        "host": host,
        "basePath": path,
    }


def test_path_prefix_is_not_added_to_a_public_url() -> None:
    for document in (SWAGGER, OPENAPI):
        public = at_public_url(document, "https://api.example/shop")
        assert below_prefix(public, "/other") == public


def test_document_without_a_public_url_stays() -> None:
    assert at_public_url(OPENAPI, "") == OPENAPI


@pytest.mark.parametrize(
    "text",
    [
        *("api.example", "ftp://api.example", "https://", "https://user@api.example"),
        *("https://api.example/", "https://api.example/../x", "https://api.example?x=1"),
        *("https://api.example:99999", "https://api.example/shop#x", "https://api example"),
    ],
)
def test_text_that_is_no_public_url_is_an_error(text: str) -> None:
    assert not is_public_url(text)
    with pytest.raises(PublicUrlError, match="must be like https://host/shop"):
        at_public_url(SWAGGER, text)
