"""The settings of one stack, from the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import platformdirs
from pydantic import Field, TypeAdapter, ValidationError

from embedded_stack._plan.external import External
from embedded_stack.errors import StackError
from embedded_stack.servers import PORT_MAX
from embedded_stack.topology import Topology

ANY_PORTS = "STACK_PORTS"
FREE = "free"

PORTS = TypeAdapter(dict[str, Annotated[int, Field(ge=0, le=PORT_MAX)]])
"""Name → TCP port, where 0 stands for any free one."""


@dataclass(frozen=True)
class Settings:
    """Where a stack keeps its files, where its parts listen, and which of them run elsewhere."""

    topology: Topology
    folder: Path
    """Data, logs and passwords of this stack."""
    cache: Path
    """Downloads, shared by all stacks of this user with the same topology name."""
    maven_repository: str | None
    """The repository of the artifacts; Maven Central by default."""
    ports: Mapping[str, int]
    external: External = field(default_factory=External)
    auth: bool = False
    """Whether access control is on."""


def load(topology: Topology, environment: Mapping[str, str] = os.environ) -> Settings:
    """Reads the settings; an empty variable counts as missing.

    Raises:
        StackError: a setting is wrong; names it and its value.
    """
    folder = environment.get("STACK_FOLDER")
    return Settings(
        topology=topology,
        folder=Path(folder) if folder else topology.folder / ".stack",
        cache=cache(topology, environment),
        maven_repository=environment.get("STACK_MAVEN_REPOSITORY") or None,
        ports=_ports(topology, environment),
        external=External.read(topology, environment),
    )


def cache(topology: Topology, environment: Mapping[str, str] = os.environ) -> Path:
    """Returns the folder of the downloads."""
    given = environment.get("STACK_CACHE")
    return Path(given) if given else platformdirs.user_cache_path(f"{topology.name}-stack")


def _ports(topology: Topology, environment: Mapping[str, str]) -> dict[str, int]:
    _reject_unknown_ports(topology, environment)
    given = {name: environment.get(f"STACK_{name}".upper()) for name in topology.ports}
    numbers = _numbers({name: text for name, text in given.items() if text})
    ports = _fallback(topology, environment) | numbers
    _reject_shared_ports(ports)
    return ports


def _numbers(texts: Mapping[str, str]) -> dict[str, int]:
    try:
        return PORTS.validate_python(texts)
    except ValidationError as error:
        wrong = [
            f"STACK_{wrong['loc'][0]}".upper() + f": {wrong['input']} is no port (0 to {PORT_MAX})"
            for wrong in error.errors()
        ]
        raise StackError(f"wrong setting {'; '.join(wrong)}") from None


def _fallback(topology: Topology, environment: Mapping[str, str]) -> dict[str, int]:
    """Returns the ports that have no setting of their own: the defaults, or any free ones."""
    given = environment.get(ANY_PORTS, "")
    if given not in ("", FREE):
        raise StackError(f"wrong setting {ANY_PORTS}: {given} is none; it can be {FREE}")
    return dict.fromkeys(topology.ports, 0) if given else topology.ports


def _reject_unknown_ports(topology: Topology, environment: Mapping[str, str]) -> None:
    """Rejects a misspelled port, whose part would stay at its default; other STACK_ variables are ignored."""
    known = [f"STACK_{name}".upper() for name in topology.ports]
    for name, value in environment.items():
        if value.startswith(
            "tcp://"
        ):  # Kubernetes sets STACK_…_PORT for a Service named "stack-…".
            continue
        if name.startswith("STACK_") and name.endswith("_PORT") and name not in known:
            raise StackError(f"unknown setting {name}; there are {', '.join(known)}")


def _reject_shared_ports(ports: Mapping[str, int]) -> None:
    settings: dict[int, str] = {}
    for name, port in ports.items():
        setting = f"STACK_{name}".upper()
        if port and port in settings:
            raise StackError(f"{settings[port]} and {setting} are both {port}")
        settings[port] = setting
