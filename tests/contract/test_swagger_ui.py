"""The copy of Swagger UI in grpc-gateway-python."""

from pathlib import Path

import pytest

from toolchain.swagger_ui import COPY, FILES, pinned


@pytest.fixture(scope="module")
def package() -> Path:
    return pinned()


@pytest.mark.timeout(300)  # the first run downloads the package
@pytest.mark.parametrize("name", FILES)
def test_a_file_is_the_one_of_the_pinned_package(package: Path, name: str) -> None:
    assert (COPY / name).read_bytes() == (package / name).read_bytes(), "run ./justw lock"
