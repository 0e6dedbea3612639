"""Documents that are made when a gateway starts."""

import asyncio
import json
from pathlib import Path

from grpc_gateway_python import Document
from grpc_gateway_python._pages.path_prefix import PathPrefix
from grpc_gateway_python._pages.site import site
from grpc_gateway_python_tests.gateway.asgi import ask

PROTO = 'syntax = "proto3";\n'


def test_a_document_that_is_made_at_start_is_served_and_linked(tmp_path: Path) -> None:
    swagger = tmp_path / "api.swagger.json"
    swagger.write_text(
        json.dumps({"swagger": "2.0", "info": {"title": "Books", "version": "1"}, "paths": {}})
    )
    made = Document("book.proto", "The schema.", PROTO, "text/plain; charset=utf-8")
    documents = {"/events/book.proto": made}
    routes = site(swagger, documents, [], access_control=False, prefix=PathPrefix("", ()))
    served = {route.path: route.endpoint for route in routes}

    document = asyncio.run(ask(served["/events/book.proto"], [], path="/events/book.proto"))
    assert document.body.decode() == PROTO
    assert document.headers[b"content-type"] == b"text/plain; charset=utf-8"
    start = asyncio.run(ask(served["/"], [(b"accept", b"text/html")], path="/"))
    assert '<a href="./events/book.proto">book.proto</a>' in start.body.decode()
