"""The programs that test the transport, built once by the pinned Go toolchain."""

from pathlib import Path

import pytest

from tests.integration.conformance.interop import Messages
from toolchain.conformance import build


@pytest.fixture(scope="session")
def programs() -> Path:
    return build()


@pytest.fixture(scope="session")
def messages(tmp_path_factory: pytest.TempPathFactory) -> Messages:
    return Messages(tmp_path_factory.mktemp("interop"))


@pytest.fixture(params=[False, True], ids=["asyncio", "uvloop"])
def anyio_backend(request: pytest.FixtureRequest) -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": request.param}
