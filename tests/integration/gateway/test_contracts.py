"""Foreign contracts, and requests that differ from the usual ones, through the whole gateway."""

import json
import re
from typing import Any

import httpx
import pytest

from tests.integration.gateway.test_calls import raw


def test_two_versions_of_a_service_are_served_beside_each_other(rest: httpx.Client) -> None:
    assert rest.post("/ticks.v1.TicksService/Unbound", json="late").json() == "late"
    assert rest.post("/v2/time", json={"text": "late"}).json()["text"] == "late"
    assert rest.get("/v2/time?text=later").json()["text"] == "later"
    assert rest.get("/v2/times/UTC").json()["zone"] == "UTC"
    document = rest.get("/openapi.json").json()
    ids = [node["operationId"] for item in document["paths"].values() for node in item.values()]
    assert len(set(ids)) == len(ids)
    v2 = "ticks.v2.TicksService_Unbound"
    assert {"TicksService_Unbound", v2, f"{v2}_2", f"{v2}2"} <= set(ids)


def test_a_package_may_be_called_as_one_of_the_gateways_own(rest: httpx.Client) -> None:
    assert rest.post("/echo", json={"text": "hi"}).json()["text"] == "hi"


@pytest.mark.parametrize(
    "target", ["/reject/%zz", "/%", "/wai%5", "/docs/%gg", "/v2/time?text=%zz"]
)
def test_malformed_percent_encoding_is_a_bad_request(address: tuple[str, int], target: str) -> None:
    status, body = raw(address, f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    assert (status, body["details"][0]["reason"]) == (400, "INVALID_REQUEST")
    assert "percent-encoded" in body["details"][1]["field_violations"][0]["description"]


@pytest.mark.parametrize(
    "ranges", ["bytes=0-1", "bytes=a-b", "bytes=5-1", "bytes=999999999-", "lines=1-2"]
)
def test_a_range_of_a_file_is_ignored(rest: httpx.Client, ranges: str) -> None:
    (path,) = re.findall(r'href="\./(docs/assets/pages-[^"]+)"', rest.get("/docs").text)
    whole = rest.get(path)
    response = rest.get(path, headers={"Range": ranges})
    assert (response.status_code, response.content) == (200, whole.content)


@pytest.mark.parametrize("head", ["", "Content-Length: 0\r\n", "Content-Type: text/plain\r\n"])
def test_a_post_without_content_is_an_empty_message(address: tuple[str, int], head: str) -> None:
    request = f"POST /v2/time HTTP/1.1\r\nHost: x\r\n{head}\r\n"
    assert raw(address, request.encode()) == (200, {"text": "", "zone": "ZONE_UNSPECIFIED"})


@pytest.mark.parametrize(
    ("zone", "expected"), [("CET", "CET"), (2, "CET"), (2.0, "CET"), (0, 400), (7, 400), ("2", 400)]
)
def test_an_enum_in_a_body_is_a_name_or_a_number(
    rest: httpx.Client, zone: Any, expected: Any
) -> None:
    response = rest.post("/v2/time", content=json.dumps({"zone": zone}))
    assert (response.json().get("zone") or response.status_code) == expected, response.text


@pytest.mark.parametrize("target", ["/v2/time?zone=2", "/v2/times/2", "/v2/time?zone=CET"])
def test_an_enum_in_a_parameter_is_a_name_or_a_number(rest: httpx.Client, target: str) -> None:
    assert rest.get(target).json()["zone"] == "CET"
    wrong = rest.get(target.replace("2", "9").replace("v9", "v2").replace("CET", "XYZ"))
    assert wrong.status_code == 400
    assert "must be one of UTC, CET" in wrong.text
