"""Runs the generator on contracts of the tests' own."""

from pathlib import Path

import pytest

from protoc_plugin_kit import Contracts
from transactional_events.generator.__main__ import generate
from transactional_events_tests.unit.generator.compiled import Generate, request_for


@pytest.fixture
def generated(tmp_path: Path) -> Generate:
    """Returns the generator's files, by name, for the texts of one or two event files."""

    def run(*texts: str) -> dict[str, str]:
        return dict(generate(Contracts.from_request(request_for(tmp_path, *texts))))

    return run
