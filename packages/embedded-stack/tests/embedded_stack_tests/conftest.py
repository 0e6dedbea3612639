"""What the package's tests share."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that root's PostgreSQL, which runs as another user, can enter."""
    path = Path(tempfile.mkdtemp(prefix="stack-"))
    yield path
    shutil.rmtree(path, ignore_errors=True)
