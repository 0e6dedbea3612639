"""An example system for the package's tests."""

from collections.abc import Mapping
from pathlib import Path

from embedded_stack._plan.blueprint import Blueprint
from embedded_stack._plan.external import External
from embedded_stack._plan.settings import Settings
from embedded_stack._supervisor.folder import Folder
from embedded_stack.topology import load_topology

TOPOLOGY = load_topology(Path(__file__).with_name("bookshop.toml"))


def blueprint(
    path: Path,
    *parts: str,
    scale: Mapping[str, int] | None = None,
    variables: Mapping[str, str] | None = None,
    auth: bool = False,
) -> Blueprint:
    """Plans a stack on free ports; `variables` name external servers."""
    folder = Folder(path)
    folder.create()
    settings = Settings(
        topology=TOPOLOGY,
        folder=path,
        cache=path / "cache",
        maven_repository=None,
        ports=dict.fromkeys(TOPOLOGY.ports, 0),
        external=External.read(TOPOLOGY, variables or {}),
        auth=auth,
    )
    return Blueprint(settings, folder, parts, scale)
