"""What a log holds, and what it must not hold."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from transactional_grpc.logging import call, configure
from transactional_grpc.settings import LogSettings


@pytest.fixture
def untouched() -> Iterator[None]:
    """Leaves logging as it was."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    logging.basicConfig(handlers=handlers, level=level, force=True)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("kind", ["text", "json"])
def test_a_traceback_contains_no_values(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    configure(LogSettings(format=kind), "test")

    def connect(password: str) -> None:
        raise ValueError(len(password))

    try:
        connect("hunter" + "2")
    except ValueError as error:
        structlog.get_logger().error("request failed", exc_info=error)
    said = capsys.readouterr().err
    assert "ValueError: 7" in said
    assert "hunter2" not in said


@pytest.mark.usefixtures("untouched")
def test_an_event_of_a_call_names_the_rpc_and_the_request(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure(LogSettings(format="json"), "test")
    token = call.set(("GetOrder", "id-1"))
    structlog.get_logger().info("inside")
    logging.getLogger("library").info("inside")
    call.reset(token)
    structlog.get_logger().info("outside")
    first, second, third = map(json.loads, capsys.readouterr().err.splitlines())
    assert all(
        (event["rpc"], event["request_id"]) == ("GetOrder", "id-1") for event in (first, second)
    )
    assert {"rpc", "request_id"}.isdisjoint(third)
