"""Each package's wheel is complete: its unit tests pass where nothing else is installed."""

import re
import shutil
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.packages.wheels import PACKAGES, ROOT, SECONDS_MAX, Environment, build

NAMES = [
    "asyncio-grpc-http2",
    "embedded-stack",
    "grpc-gateway-python",
    "protoc-plugin-kit",
    "rpc-access",
    "rpc-contract",
    "sqlc-gen-python",
    "transactional-events",
    "transactional-grpc",
]
"""The packages whose wheels are tested. Their pyproject has a dependency group `test`."""
PYTEST_INI = """
[pytest]
addopts = --strict-markers --strict-config --import-mode=importlib -q -p no:cacheprovider
pythonpath = tests third_party
filterwarnings =
    error
    ignore:Using `httpx` with
    ignore:jsonschema\\..*Ref.* is deprecated:DeprecationWarning
"""


@pytest.fixture(scope="module", params=NAMES)
def wheel(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(request.param, tmp_path_factory.mktemp("wheels"))


def name_of(wheel: Path) -> str:
    return wheel.name.partition("-")[0].replace("_", "-")


def test_wheel_contains_one_typed_module_and_its_license(wheel: Path) -> None:
    module = wheel.name.partition("-")[0]
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {module}
    assert f"{module}/py.typed" in names
    assert [name for name in names if name.endswith(".dist-info/licenses/LICENSE")]


@pytest.mark.timeout(SECONDS_MAX)
def test_unit_tests_pass_in_an_environment_with_the_wheel_alone(
    wheel: Path, tmp_path: Path
) -> None:
    name = name_of(wheel)
    environment = Environment.create(tmp_path / "environment", tools=[ROOT / ".tools"])
    pyproject = PACKAGES / name / "pyproject.toml"
    extras = tomllib.loads(pyproject.read_text())["project"].get("optional-dependencies", {})
    requirement = f"{name}[{','.join(extras)}] @ {wheel.as_uri()}"
    environment.install(requirement, "--group", f"{pyproject}:test", wheels=wheel.parent)
    project = tmp_path / "project"
    # Integration tests need servers; the tests of the repository run them.
    ignored = shutil.ignore_patterns("integration", "__pycache__")
    shutil.copytree(PACKAGES / name / "tests", project / "tests", ignore=ignored)
    # Modules of other projects' protos that no package has.
    shutil.copytree(ROOT / "third_party", project / "third_party")
    (project / "pytest.ini").write_text(PYTEST_INI)

    # The repository's own run of these tests tries new examples of Hypothesis.
    done = environment.run("python", "-m", "pytest", cwd=project, CI="true")

    # The failed tests come first, because CI's summary shows the first line only.
    failed = re.findall(r"^(?:FAILED|ERROR) .+", done.stdout, re.MULTILINE)
    assert done.returncode == 0, "\n".join([*failed, done.stdout, done.stderr])
