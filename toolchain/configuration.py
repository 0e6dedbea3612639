"""Writes the configuration of tools that read no patterns: `python -m toolchain.configuration FOLDER`.

sqlc needs an entry for each database, import-linter the name of each module. Both follow from
`topology.toml`, from `packages/*/pyproject.toml` and from the project's folders.
"""

import re
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

from embedded_stack.errors import StackError
from embedded_stack.topology import Topology, load_topology
from protoc_plugin_kit import environment
from toolchain.places import ROOT

SUPPORT_MODULE = "shop.db.support"
_REQUIREMENT = re.compile(r"[\w-]+")


@dataclass(frozen=True)
class QueryPackage:
    """An entry of `sqlc.yaml`: one folder of queries per folder of migrations becomes one Python package."""

    name: str
    migrations: tuple[str, ...]
    database: str
    """The service whose migrated database `sqlc vet` reads."""
    out: str
    package: str
    support_module: str = ""

    @property
    def queries(self) -> list[str]:
        """The folders of queries, which stand beside those of migrations."""
        return [f"{Path(folder).parent}/queries" for folder in self.migrations]


@dataclass(frozen=True)
class Library:
    """A package of `packages/` and what it may import."""

    name: str
    module: str
    requires: list[str]
    """The other packages that it declares, and those that these declare."""
    forbidden: list[str]


def query_packages(topology: Topology) -> list[QueryPackage]:
    """Returns the entries of the services and then those of the libraries, whose tables each database has."""
    services = [
        QueryPackage(
            name,
            topology.services[name].migrations,
            name,
            f"gen/shop/{name}/db",
            f"shop.{name}.db",
            SUPPORT_MODULE,
        )
        for name in topology.databases
    ]
    packages = {migrations: Path(migrations).parent.parent for migrations in topology.migrations}
    libraries = [
        QueryPackage(
            package.name,
            (migrations,),
            topology.databases[0],
            f"{package}/db",
            f"{package.name}.db",
        )
        for migrations, package in packages.items()
    ]
    return services + libraries


def libraries(root: Path, modules: list[str]) -> list[Library]:
    """Returns the packages with the modules of the repository that they may not import."""
    declared: dict[str, list[str]] = {}
    for file in sorted(root.glob("packages/*/pyproject.toml")):
        requirements = tomllib.loads(file.read_text())["project"]["dependencies"]
        names = (match[0] for text in requirements if (match := _REQUIREMENT.match(text)))
        declared[file.parent.name] = [name for name in names if (root / "packages" / name).is_dir()]
    found = []
    for name in declared:
        requires = _closure(name, declared)
        allowed = {_module(package) for package in (name, *requires)}
        forbidden = [module for module in modules if module not in allowed]
        found.append(Library(name, _module(name), requires, forbidden))
    return found


def _closure(name: str, declared: dict[str, list[str]]) -> list[str]:
    found: set[str] = set()
    pending = [*declared[name]]
    while pending:
        requirement = pending.pop()
        if requirement not in found:
            found.add(requirement)
            pending += declared[requirement]
    return sorted(found)


def _module(package: str) -> str:
    return package.replace("-", "_")


def importable(root: Path) -> list[str]:
    """Returns the top-level modules of the repository, generated ones included."""
    files = [*root.glob("*/__init__.py"), *root.glob("packages/*/src/*/__init__.py")]
    return sorted({file.parent.name for file in files} | {"shop"})


def main(folder: Path) -> None:
    """Writes `sqlc.yaml` and `gen/importlinter.toml` into a folder."""
    topology = load_topology(ROOT / "topology.toml")
    modules = importable(ROOT)
    services = [topology.module(name) for name in topology.services]
    others_of = {
        service: [
            f"shop.{other}.{part}"
            for other in topology.databases
            if other != service
            for part in ("db", "v1")
        ]
        for service in topology.databases
    }
    templates = environment("toolchain")
    (folder / "gen").mkdir(exist_ok=True)
    for name, values in {
        "sqlc.yaml": {
            "entries": query_packages(topology),
            "support_module": SUPPORT_MODULE,
            "support_package": SUPPORT_MODULE.rpartition(".")[0],
        },
        "gen/importlinter.toml": {
            "modules": modules,
            "libraries": libraries(ROOT, modules),
            "services": services,
            "others_of": others_of,
        },
    }.items():
        template = templates.get_template(f"{Path(name).name}.jinja")
        (folder / name).write_text(template.render(values))


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]))
    except StackError as error:
        sys.exit(f"toolchain: {error}")
