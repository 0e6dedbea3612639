"""Spectral and Redocly find no error in either document, and find one where there is one."""

import json
from pathlib import Path

import pytest

from tests.contract.openapi.conftest import DOCUMENTS, HERE, NAMES, Json, lint

SPECTRAL = ("lint", "--fail-severity=error", "--ruleset", HERE / ".spectral.yaml")
REDOCLY = ("lint", "--config", HERE / "redocly.yaml")


@pytest.mark.timeout(300)  # the first run downloads the linters
@pytest.mark.parametrize("name", NAMES)
def test_spectral_finds_no_error(linters: Path, name: str) -> None:
    done = lint(linters / "spectral", *SPECTRAL, DOCUMENTS / name)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", NAMES)
def test_redocly_finds_no_error(linters: Path, name: str) -> None:
    done = lint(linters / "redocly", *REDOCLY, DOCUMENTS / name)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.timeout(300)
@pytest.mark.parametrize("linter", ["spectral", "redocly"])
def test_linters_find_a_planted_error(
    linters: Path, openapi: Json, tmp_path: Path, linter: str
) -> None:
    broken = json.loads(json.dumps(openapi))
    del broken["paths"]["/orders/{order_id}"]["get"]["parameters"]
    (tmp_path / "broken.json").write_text(json.dumps(broken))
    words = SPECTRAL if linter == "spectral" else REDOCLY
    assert lint(linters / linter, *words, tmp_path / "broken.json").returncode != 0
