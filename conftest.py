"""What all tests share."""

import os
from pathlib import Path

pytest_plugins = ["tests.stack_fixtures", "tests.system_fixtures", "tests.project_copy"]


def pytest_configure() -> None:
    """Puts the Go plugins that `./justw toolchain` builds on the PATH."""
    tools = Path(__file__).parent / ".tools"
    os.environ["PATH"] = os.pathsep.join([str(tools), os.environ["PATH"]])
