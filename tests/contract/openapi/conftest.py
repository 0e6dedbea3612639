"""The committed documents."""

import json
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
DOCUMENTS = ROOT / "gen" / "openapi"
NAMES = ("shop.swagger.json", "shop.openapi.json")

Json = dict[str, Any]


@pytest.fixture(scope="session")
def swagger() -> Json:
    document: Json = json.loads((DOCUMENTS / NAMES[0]).read_text())
    return document


@pytest.fixture(scope="session")
def openapi() -> Json:
    document: Json = json.loads((DOCUMENTS / NAMES[1]).read_text())
    return document
