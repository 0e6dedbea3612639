"""What all tests share."""

import os
from pathlib import Path

import pytest

pytest_plugins = ["tests.stack_fixtures", "tests.system_fixtures", "tests.project_copy"]


def pytest_configure() -> None:
    """Puts the Go plugins that `./justw toolchain` builds on the PATH."""
    tools = Path(__file__).parent / ".tools"
    os.environ["PATH"] = os.pathsep.join([str(tools), os.environ["PATH"]])


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Groups tests for `--dist loadgroup` by their folder below tests/, because those of a folder share their servers."""
    for item in items:
        folder = item.path.relative_to(config.rootpath).parts[1]
        item.add_marker(pytest.mark.xdist_group(folder))
