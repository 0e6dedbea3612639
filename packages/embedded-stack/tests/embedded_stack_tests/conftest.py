"""Fixtures of the package's tests."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that PostgreSQL can enter: as root, the stack runs it as another user."""
    path = Path(tempfile.mkdtemp(prefix="stack-"))
    yield path
    shutil.rmtree(path, ignore_errors=True)
