"""The names that users import."""

import subprocess
import sys
from pathlib import Path

import grpc_gateway_python
from grpc_gateway_python._version import __version__

PUBLIC = [
    "OPENAPI_PATH",
    "AccessControl",
    "CallerLimits",
    "Document",
    "Gateway",
    "GrpcTransport",
    "HeaderNames",
    "Limits",
    "Operation",
    "Page",
    "Servers",
    "StartError",
    "__version__",
    "at_public_url",
    "create_app",
    "grpc_target",
    "is_path_prefix",
    "is_public_url",
    "serve",
]


def test_public_names_are_these_and_exist() -> None:
    assert grpc_gateway_python.__all__ == PUBLIC
    for name in PUBLIC:
        assert getattr(grpc_gateway_python, name) is not None


def test_unknown_name_is_an_attribute_error() -> None:
    assert not hasattr(grpc_gateway_python, "Gatway")


def test_generated_code_and_plugins_import_no_web_framework() -> None:
    code = (
        "import sys, grpc_gateway_python.transcoding, grpc_gateway_python.generator.__main__;"
        "print({'connexion', 'starlette', 'uvicorn'} & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "set()\n"


def test_version_is_in_the_changelog() -> None:
    changelog = Path(__file__).parents[2] / "CHANGELOG.md"
    if changelog.exists():  # not in an environment that has the wheel only
        assert f"## {__version__}" in changelog.read_text()
