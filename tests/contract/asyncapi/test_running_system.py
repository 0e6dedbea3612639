"""The AsyncAPI document of a running system passes the linters, too."""

import json
from pathlib import Path

import pytest

from tests.contract.asyncapi.test_lint import LINTERS
from toolchain.documents import ASYNCAPI, problems
from transactional_events.documents import Connection, connected

CONNECTION = Connection(
    ("k1.example:9093", "k2.example:9093"),
    "https://registry.example/v7",
    "SASL_SSL",
    "SCRAM-SHA-512",
)


@pytest.mark.timeout(300)  # the first run downloads the linters
@pytest.mark.parametrize("linter", LINTERS)
def test_a_linter_accepts_the_document_with_servers_and_logins(linter: str, tmp_path: Path) -> None:
    [committed] = ASYNCAPI
    filled = tmp_path / "asyncapi.json"
    filled.write_text(json.dumps(connected(json.loads(committed.read_text()), CONNECTION)))
    assert problems(linter, filled) == ""
