"""Spectral finds no error in the AsyncAPI document, and finds one where there is one."""

import json
from pathlib import Path

import pytest

from tests.contract.openapi.conftest import ROOT, lint

DOCUMENT = ROOT / "gen" / "asyncapi" / "asyncapi.json"
RULES = Path(__file__).parent / ".spectral.yaml"
SPECTRAL = ("lint", "--fail-severity=error", "--ruleset", RULES)


@pytest.mark.timeout(300)  # the first run downloads the linter
def test_spectral_finds_no_error(linters: Path) -> None:
    done = lint(linters / "spectral", *SPECTRAL, DOCUMENT)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.timeout(300)
def test_spectral_finds_a_planted_error(linters: Path, tmp_path: Path) -> None:
    broken = json.loads(DOCUMENT.read_text())
    del broken["operations"]["send_order_event"]["action"]
    (tmp_path / "broken.json").write_text(json.dumps(broken))
    assert lint(linters / "spectral", *SPECTRAL, tmp_path / "broken.json").returncode != 0
