"""Compares the status and the headers of every response that a test sees with the OpenAPI document."""

import json
import re
from pathlib import Path
from typing import Any

import httpx

Json = dict[str, Any]

DOCUMENT: Json = json.loads(
    (Path(__file__).parents[1] / "gen" / "openapi" / "shop.openapi.json").read_text()
)
OF_HTTP = {
    *("connection", "content-length", "content-type", "date", "keep-alive", "transfer-encoding"),
}
"""Headers of HTTP itself; OpenAPI ignores a declared Content-Type."""
OF_PROXIES = {"x-accel-buffering"}
"""Headers that a proxy reads and removes."""
OF_BROWSERS = {
    *("content-security-policy", "referrer-policy", "x-content-type-options", "x-frame-options"),
    *("access-control-allow-origin", "access-control-expose-headers", "vary"),
}
"""Headers that concern only browsers, which the description of the API names together."""


def operation_of(method: str, path: str) -> Json | None:
    """Returns the operation of a request; None if no operation has its route."""
    for template, item in DOCUMENT["paths"].items():
        if re.fullmatch(re.sub(r"\{[^}]*\}", "[^/]+", template), path):
            found: Json | None = item.get(method.lower())
            return found
    return None


def response_of(operation: Json, status: str) -> Json:
    """Returns a documented response, with the content of a shared one."""
    response: Json = operation["responses"][status]
    if "$ref" in response:
        shared: Json = DOCUMENT["components"]["responses"][response["$ref"].rpartition("/")[2]]
        return shared
    return response


def example_of(operation: Json, status: str) -> Json:
    """Returns the example of a documented response."""
    found: Json = response_of(operation, status)["content"]["application/json"]["example"]
    return found


def check_documented(response: httpx.Response) -> None:
    """Fails when the document lacks a response's status or a header, or when the response lacks a required header."""
    request = response.request
    operation = operation_of(request.method, request.url.path)
    if operation is None:
        return
    place = f"{request.method} {request.url.path}: {response.status_code}"
    status = str(response.status_code)
    assert status in operation["responses"], f"{place} is not documented"
    declared = {
        name.lower(): header
        for name, header in response_of(operation, status).get("headers", {}).items()
    }
    sent = {name.lower() for name in response.headers} - OF_HTTP - OF_PROXIES - OF_BROWSERS
    assert sent <= declared.keys(), f"{place}: {sent - declared.keys()} are not documented"
    required = {name for name, header in declared.items() if header.get("required")}
    assert required <= sent, f"{place}: {required - sent} are missing"
