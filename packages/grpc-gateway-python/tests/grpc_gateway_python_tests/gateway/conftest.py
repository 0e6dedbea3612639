"""The generated code of the test contracts."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from grpc_gateway_python import Gateway
from grpc_gateway_python_tests.gateway.generated import Kinds, generate, load, orders_gateway

SLOW_CHECKS = [HealthCheck.too_slow, HealthCheck.data_too_large]
settings.register_profile(
    "quick", max_examples=200, deadline=None, suppress_health_check=SLOW_CHECKS
)
settings.register_profile(
    "thorough", max_examples=20_000, deadline=None, suppress_health_check=SLOW_CHECKS
)
if settings.get_current_profile_name() not in {"quick", "thorough"}:
    settings.load_profile("quick")


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("generated")


@pytest.fixture(scope="session")
def strings(folder: Path) -> Kinds:
    """64-bit integers as strings: plain Protobuf JSON."""
    (folder / "strings").mkdir()
    generate(folder / "strings", "int64=string")
    return Kinds(load(folder / "strings", "kinds.v1.kinds_gateway"))


@pytest.fixture(scope="session")
def numbers(folder: Path) -> Kinds:
    """64-bit integers as numbers."""
    (folder / "numbers").mkdir()
    generate(folder / "numbers", "int64=number")
    return Kinds(load(folder / "numbers", "kinds.v1.kinds_gateway"))


@pytest.fixture(scope="session")
def orders(tmp_path_factory: pytest.TempPathFactory) -> Gateway:
    """A gateway for the contract in `orders/`."""
    return orders_gateway(tmp_path_factory.mktemp("orders"))
