"""Spectral and Redocly accept both documents, and report errors and warnings."""

import json
from pathlib import Path

import pytest

from tests.contract.openapi.conftest import Json
from toolchain.documents import OPENAPI, problems

LINTERS = ("spectral", "redocly")


@pytest.mark.timeout(300)  # the first run downloads the linters
@pytest.mark.parametrize("linter", LINTERS)
def test_linter_accepts_the_documents(linter: str) -> None:
    assert problems(linter, *OPENAPI) == ""


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("linter", "member", "warning"),
    [("spectral", "contact", "info-contact"), ("redocly", "license", "info-license")],
)
def test_linter_reports_a_planted_error_and_a_warning(
    openapi: Json, tmp_path: Path, linter: str, member: str, warning: str
) -> None:
    broken = json.loads(json.dumps(openapi))
    del broken["paths"]["/orders/{order_id}"]["get"]["parameters"]
    del broken["info"][member]
    (tmp_path / "broken.json").write_text(json.dumps(broken))
    found = problems(linter, tmp_path / "broken.json")
    assert "order_id" in found
    assert warning in found
