"""What a gateway serves besides its operations, of a small specification."""

import json
from ipaddress import ip_network
from pathlib import Path

import pytest
from starlette.types import ASGIApp

from grpc_gateway_python import Document, Page
from grpc_gateway_python._pages.path_prefix import PathPrefix
from grpc_gateway_python._pages.site import site

PAGE = Page(
    "/events",
    "Events",
    "What is published.",
    "<p id='one'><a href='openapi.json'>a</a></p><script>alert(1)</script>",
)
CONTRACT = Document("book.proto", "", 'syntax = "proto3";', "text/plain", "Contracts")
INFO = {"title": "Books & more", "version": "3", "description": "Sells <b>books</b>."}


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ASGIApp]:
    folder = tmp_path_factory.mktemp("documents")
    swagger, openapi = folder / "api.swagger.json", folder / "api.openapi.json"
    swagger.write_text(json.dumps({"swagger": "2.0", "info": INFO, "paths": {}}))
    openapi.write_text(json.dumps({"openapi": "3.0.3", "info": INFO, "paths": {}}))
    prefix = PathPrefix("/fixed", [ip_network("10.0.0.0/8"), ip_network("fd00::/64")])
    documents: dict[str, Path | Document] = {
        "/openapi.json": openapi,
        "/contracts/book.proto": CONTRACT,
    }
    routes = site(swagger, documents, [PAGE], access_control=False, prefix=prefix)
    return {route.path: route.endpoint for route in routes}
