"""Spectral and AsyncAPI's parser accept the AsyncAPI document, and report an error where there is one."""

import json
from pathlib import Path

import pytest

from toolchain.documents import ASYNCAPI, problems

LINTERS = ("spectral-asyncapi", "asyncapi-parser")


@pytest.mark.timeout(300)  # the first run downloads the linters
@pytest.mark.parametrize("linter", LINTERS)
def test_linter_accepts_the_document(linter: str) -> None:
    assert problems(linter, *ASYNCAPI) == ""


@pytest.mark.timeout(300)
@pytest.mark.parametrize("linter", LINTERS)
def test_linter_reports_a_planted_error(tmp_path: Path, linter: str) -> None:
    broken = json.loads(ASYNCAPI[0].read_text())
    del broken["operations"]["send_order_event"]["action"]
    (tmp_path / "broken.json").write_text(json.dumps(broken))
    assert "action" in problems(linter, tmp_path / "broken.json")
