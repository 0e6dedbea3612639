"""Metadata, deadlines, cancellation and errors between HTTP and gRPC."""

import json
import socket
from typing import Any

import httpx
import pytest

from tests.integration.gateway.backend import WORDS, Backend
from tests.integration.gateway.conftest import BOTH

pytestmark = BOTH


def metadata_of(response: httpx.Response) -> list[tuple[str, str]]:
    return [(key, value) for key, value in json.loads(response.json())]


def test_listed_and_prefixed_headers_become_metadata(rest: httpx.Client) -> None:
    headers = {
        "Idempotency-Key": "abc",
        "Grpc-Metadata-Colour": "blue",
        "Grpc-Metadata-Raw-Bin": "AP8",
        "X-Request-Id": "my-id",
        "X-Other": "no",
    }
    got = metadata_of(rest.get("/metadata", headers=headers))
    assert ("idempotency-key", "abc") in got
    assert ("colour", "blue") in got
    assert ("raw-bin", str(b"\x00\xff")) in got
    assert ("x-request-id", "my-id") in got
    assert "x-other" not in dict(got)


def test_a_request_has_one_id(rest: httpx.Client) -> None:
    response = rest.get("/metadata", headers={"Grpc-Metadata-X-Request-Id": "x" * 1000})
    ids = [value for key, value in metadata_of(response) if key == "x-request-id"]
    assert ids == [response.headers["x-request-id"]]


def test_metadata_becomes_headers(rest: httpx.Client) -> None:
    headers = rest.get("/metadata").headers
    assert headers["idempotent-replayed"] == "true"
    assert headers["grpc-metadata-colour"] == "red"
    assert headers["grpc-trailer-cost"] == "3"
    assert headers["grpc-trailer-raw-bin"] == "AP8"


@pytest.mark.parametrize(
    "name",
    [
        "Grpc-Metadata-Grpc-Timeout",
        "Grpc-Metadata-a b",
        "Grpc-Metadata-",
        "Grpc-Metadata--Bin",
        "Grpc-Metadata-Connection",
        "Grpc-Metadata-Content-Type",
    ],
)
def test_a_header_that_cannot_be_metadata_is_named(address: tuple[str, int], name: str) -> None:
    status, body = raw(address, f"GET /metadata HTTP/1.1\r\nHost: x\r\n{name}: 1\r\n\r\n".encode())
    assert status == 400
    assert body["code"] == 3


@pytest.mark.parametrize("sent", ["", "x" * 129, "a b"])
def test_a_request_id_is_made_when_there_is_no_good_one(rest: httpx.Client, sent: str) -> None:
    response = rest.get("/metadata", headers={"X-Request-Id": sent})
    made = response.headers["x-request-id"]
    assert made != sent
    assert ("x-request-id", made) in metadata_of(response)


def test_the_deadline_is_the_clients(rest: httpx.Client) -> None:
    response = rest.get("/wait", headers={"Grpc-Timeout": "100m"})
    assert (response.status_code, response.json()["code"]) == (504, 4)


@pytest.mark.parametrize("timeout", ["5", "m", "123456789m", "-1S", "1 S"])
def test_a_bad_deadline_is_rejected(rest: httpx.Client, timeout: str) -> None:
    response = rest.get("/wait", headers={"Grpc-Timeout": timeout})
    assert response.status_code == 400
    assert "grpc-timeout" in response.text


def test_a_client_that_disconnects_cancels_the_call(
    address: tuple[str, int], backend: Backend
) -> None:
    backend.waiting.clear()
    backend.cancelled.clear()
    with socket.create_connection(address) as client:
        client.sendall(b"GET /wait HTTP/1.1\r\nHost: x\r\n\r\n")
        assert backend.waiting.wait(timeout=10)
    assert backend.cancelled.wait(timeout=10)


HTTP_STATUSES = [499, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400, 501, 500, 503, 500, 401]


@pytest.mark.parametrize(("code", "status"), list(enumerate(HTTP_STATUSES, start=1)))
def test_codes_and_typed_details_reach_the_client(
    rest: httpx.Client, code: int, status: int
) -> None:
    response = rest.get(f"/reject/{code}")
    assert response.status_code == status
    prefix = "type.googleapis.com/"
    assert response.json() == {
        "code": code,
        "message": "no luck",
        "details": [
            {"@type": f"{prefix}unknown.Type", "value": "AQ=="},
            {
                "@type": f"{prefix}google.rpc.ErrorInfo",
                "reason": "NO_LUCK",
                "domain": "ticks",
                "metadata": {"why": "asked for"},
            },
            {
                "@type": f"{prefix}google.rpc.BadRequest",
                "field_violations": [{"field": "value", "description": "", "reason": ""}],
            },
            {"@type": f"{prefix}google.rpc.RetryInfo", "retry_delay": "3s"},
            {"@type": f"{prefix}ticks.v1.Odds", "won": 5, "lost": "0", "excuses_made": []},
        ],
    }


@pytest.mark.parametrize(("code", "status"), list(enumerate(HTTP_STATUSES, start=1)))
def test_the_message_of_a_service_reaches_the_client(
    rest: httpx.Client, code: int, status: int
) -> None:
    response = rest.get(f"/fail/{code}")
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response.json()["message"] == WORDS


@pytest.mark.parametrize(
    ("path", "status", "seconds"),
    [("/fail/14", 503, "1"), ("/reject/14", 503, "5"), ("/reject/8", 429, "3")],
    ids=["by default", "by metadata", "by RetryInfo"],
)
def test_retry_after_of_services_reaches_the_client(
    rest: httpx.Client, path: str, status: int, seconds: str
) -> None:
    response = rest.get(path)
    assert response.status_code == status
    assert response.headers.get_list("retry-after") == [seconds]


def test_a_body_has_no_more_time_than_the_client_gives(address: tuple[str, int]) -> None:
    head = b"POST /raw HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\nGrpc-Timeout: 300m\r\n\r\n"
    status, body = raw(address, head + b"abc")
    assert (status, body["code"]) == (408, 4)
    assert body["details"][0]["metadata"] == {"seconds_max": "0.3"}


def test_bytes_of_any_type_pass_as_they_are(rest: httpx.Client) -> None:
    body = bytes(range(256))
    response = rest.post("/raw", content=body, headers={"content-type": "image/png"})
    assert (response.status_code, response.content) == (200, body)
    assert response.headers["content-type"] == "image/png"


def test_a_method_without_a_rule_is_served_with_generate_unbound(rest: httpx.Client) -> None:
    response = rest.post("/ticks.v1.TicksService/Unbound", json="hello")
    assert response.json() == "hello"


def raw(address: tuple[str, int], request: bytes) -> tuple[int, Any]:
    with socket.create_connection(address, timeout=10) as client:
        client.sendall(request)
        response = b""
        while b"\r\n\r\n" not in response or not response.endswith(b"}"):
            piece = client.recv(65536)
            if not piece:
                break
            response += piece
    head, _, body = response.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)
