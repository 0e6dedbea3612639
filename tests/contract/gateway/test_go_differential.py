"""The same requests to Go's gateway and to this one, in front of the same gRPC server.

Where the two differ on purpose, the case names the row of the table in the GATEWAY.md of grpc-gateway-python.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.contract.gateway.conftest import Gateways
from tests.contract.gateway.requests import CASES, Case

DIFFERENCES = (Path(__file__).parents[3] / "packages/grpc-gateway-python/GATEWAY.md").read_text()
GO_ONLY_HEADERS = {"grpc-metadata-content-type"}


@dataclass
class Response:
    status: int
    body: Any
    headers: dict[str, str]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.method} {case.path[:60]}")
def test_response_equals_that_of_grpc_gateway_in_go(gateways: Gateways, case: Case) -> None:
    go, ours = _ask(gateways.go, case), _ask(gateways.ours, case)
    if case.differs:
        assert f"\n| {case.differs} |" in DIFFERENCES, "the table in GATEWAY.md has no such row"
        assert (go.status, go.body) != (ours.status, ours.body), "the two no longer differ"
        assert ours.status == case.status
        return
    assert (ours.status, ours.body) == (go.status, go.body)
    assert go.headers.items() <= ours.headers.items()


def _ask(client: httpx.Client, case: Case) -> Response:
    content = None if case.body is None else json.dumps(case.body)
    headers = {"content-type": "application/json"} if content else {}
    response = client.request(
        case.method, case.path, content=content, headers=headers | case.headers
    )
    found = {
        name: value
        for name, value in response.headers.items()
        if name.startswith("grpc-metadata-") and name not in GO_ONLY_HEADERS
    }
    return Response(response.status_code, _comparable(_parsed(response)), found)


def _parsed(response: httpx.Response) -> Any:
    lines = response.text.splitlines()
    if len(lines) > 1 and all(line.startswith("{") for line in lines):
        return sorted(map(json.loads, lines), key=_uuid)  # Go's example keeps them in a map
    try:
        return response.json()
    except ValueError:
        return response.text


def _uuid(line: dict[str, Any]) -> str:
    return str(line.get("result", {}).get("uuid", ""))


def _comparable(body: Any) -> Any:
    """Leaves out values that Go writes as null, generated ids, and the messages of errors."""
    if isinstance(body, list):
        return [_comparable(element) for element in body]
    if not isinstance(body, dict):
        return body
    if body.keys() == {"code", "message", "details"}:
        return {"code": body["code"]}
    return {
        key: _comparable(value)
        for key, value in body.items()
        if value is not None and key != "uuid"
    }
