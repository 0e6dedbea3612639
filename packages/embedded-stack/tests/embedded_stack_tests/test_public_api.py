"""The public modules and their names: a change here is a change of the API."""

import importlib
import pkgutil
import subprocess
import sys

import pytest

import embedded_stack

PUBLIC = {
    "artifacts": ["fetch_pinned", "write_pins"],
    "client": ["access_token", "service_url"],
    "environment": ["for_process", "forget_libpq", "keep_loopback_direct", "python"],
    "errors": ["StackError"],
    "listeners": ["HOST", "describe_conflicts"],
    "servers": [
        "ISSUER",
        "KAFKA",
        "PORTS",
        "POSTGRES",
        "REGISTRY",
        "SERVERS",
        "default_ports",
        "fixed_ports",
    ],
    "testing": [
        "Endpoints",
        "External",
        "Running",
        "free_ports",
        "migrate_database",
        "postgres_programs",
        "running",
        "serving",
    ],
    "topology": ["Auth", "Service", "Step", "Topology", "load_topology"],
}


def test_the_public_modules_are_these() -> None:
    modules = {module.name for module in pkgutil.iter_modules(embedded_stack.__path__)}
    assert {name for name in modules if not name.startswith("_")} == set(PUBLIC)


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_module_exports_these_names(name: str) -> None:
    module = importlib.import_module(f"embedded_stack.{name}")
    assert sorted(module.__all__) == sorted(PUBLIC[name])
    assert all(hasattr(module, exported) for exported in module.__all__)


@pytest.mark.parametrize("name", ["environment", "listeners", "servers"])
def test_a_module_for_set_up_scripts_imports_the_standard_library_only(name: str) -> None:
    show = f"import sys, embedded_stack.{name}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", show], capture_output=True, text=True, check=True)
    roots = {module.partition(".")[0] for module in done.stdout.split()}
    started = {"__main__", "sitecustomize", "embedded_stack"}
    imported = roots - set(sys.stdlib_module_names) - started
    assert {name for name in imported if not name.startswith("_")} == set()
