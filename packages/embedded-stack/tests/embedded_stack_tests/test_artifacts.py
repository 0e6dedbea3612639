import hashlib
import re
from pathlib import Path

import pytest

from embedded_stack._artifacts import Artifact, pinned
from embedded_stack._artifacts.cache import require_space
from embedded_stack._plan.settings import cache
from embedded_stack.errors import StackError
from embedded_stack_tests.bookshop import TOPOLOGY


@pytest.mark.parametrize(
    ("part", "main"),
    [("kafka", "kafka_2.13-4.4.0.jar"), ("registry", "apicurio-registry-app-3.3.3-all.tar.gz")],
)
def test_all_artifacts_are_pinned_by_sha256_and_size(part: str, main: str) -> None:
    artifacts = pinned(part)

    assert main in [artifact.name for artifact in artifacts]
    assert all(re.fullmatch(r"[0-9a-f]{64}", artifact.sha256) for artifact in artifacts)
    # Paths in a repository, never an address of one.
    assert all(re.fullmatch(r"[\w./-]+", artifact.path) for artifact in artifacts)
    # The progress bar's total; the downloads are those of this machine's stacks, if it has any.
    maven = cache(TOPOLOGY) / "maven"
    for artifact in artifacts:
        assert artifact.size_bytes > 0
        if (file := maven / artifact.path).exists():
            assert file.stat().st_size == artifact.size_bytes


def test_an_artifact_matches_its_pinned_content_only(tmp_path: Path) -> None:
    file = tmp_path / "thing.jar"
    artifact = Artifact.parse(f"{hashlib.sha256(b'right').hexdigest()}  5  a/thing.jar\n")

    assert not artifact.matches(file)
    file.write_bytes(b"wrong")
    assert not artifact.matches(file)
    file.write_bytes(b"right")
    assert artifact.matches(file)


def test_the_error_of_a_full_disk_has_both_figures(tmp_path: Path) -> None:
    require_space(tmp_path, 1)
    with pytest.raises(StackError, match=rf"{tmp_path} is full: \d+ MiB are free, 1099511627776 "):
        require_space(tmp_path, 2**60)
