"""An unreachable broker is logged once, not forty times a second."""

import logging

import pytest

from transactional_events.kafka import _client_log as client_log
from transactional_grpc import repetitions


def test_messages_that_differ_in_numbers_only_are_logged_at_intervals(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = client_log.client_log("test")
    for attempt in range(3):
        log.error("%s [%s] %s", "FAIL", "rdkafka#producer-1", f"failed after {attempt} ms")
    log.error("%s [%s] %s", "FAIL", "rdkafka#producer-1", "no such host")
    assert [entry.args[2] for entry in caplog.records if isinstance(entry.args, tuple)] == [
        "failed after 0 ms",
        "no such host",
    ]

    monkeypatch.setattr(repetitions, "QUIET_SECONDS", 0.0)
    log.error("%s [%s] %s", "FAIL", "rdkafka#producer-1", "failed after 3 ms")
    assert len(caplog.records) == 3
    assert client_log.client_log("test") is logging.getLogger("kafka.test")
