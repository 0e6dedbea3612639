"""The declaration of a stack: its services, and what each one needs."""

import os
import re
import tomllib
from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, Field, StringConstraints, ValidationError, model_validator

from embedded_stack.errors import StackError
from embedded_stack.servers import (
    ISSUER,
    KAFKA,
    PORT_MAX,
    PORTS,
    POSTGRES,
    REGISTRY,
    SERVERS,
    default_ports,
)

__all__ = ["Auth", "Service", "Step", "Topology", "load_topology"]

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
"""A name that is part of variables, database roles and file names."""
Module = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$")]
Variable = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]*$")]
COPIES_MAX = 20


class Step(BaseModel, frozen=True, extra="forbid"):
    """A module that runs to its end before services with `messaging` start, such as the registration of schemas.

    It gets the addresses of Kafka and of the registry.
    """

    name: Name
    module: Module
    arguments: tuple[str, ...] = ()


AUTH_VALUES = ("issuer", "audience", "caller_token_key_file", "caller_token_jwks_file")
"""What the settings for access control may name in braces."""

MESSAGING_VALUES = (
    "kafka_bootstrap_servers",
    "kafka_security_protocol",
    "kafka_sasl_mechanism",
    "schema_registry_url",
)
"""What the settings about Kafka and the registry may name in braces."""


class Auth(BaseModel, frozen=True, extra="forbid"):
    """The access tokens of a stack that runs with access control."""

    audience: Annotated[str, Field(min_length=1)]
    """The claim `aud`: the identifier of the API."""
    scopes: tuple[Annotated[str, StringConstraints(pattern=r"^[!#-\[\]-~]+$")], ...]
    """All scopes of the API (RFC 6749, section 3.3); a token has them unless told otherwise."""


class Service(BaseModel, frozen=True, extra="forbid"):
    """A process that runs `python -m MODULE` in one or several copies."""

    module: Module = ""
    """The Python module; the service's name by default."""
    protocol: Literal["grpc", "http"] = "grpc"
    port: Annotated[int, Field(ge=1, le=PORT_MAX)]
    """The default port of the first copy; further copies listen on free ports."""
    health: Annotated[str, StringConstraints(pattern=r"^/")] = "/"
    """The path that responds 200 when an HTTP service is ready; a gRPC service has the health protocol."""
    migrations: tuple[str, ...] = ()
    """Folders with the migrations of the service's own database; without any it has no database."""
    grants: tuple[str, ...] = ()
    """SQL files with the privileges of the service's role; without any it reads and writes all rows."""
    messaging: bool = False
    """Whether the service connects to Kafka and to the registry."""
    upstreams: tuple[Name, ...] = ()
    """Other services whose addresses this one gets."""
    copies_max: Annotated[int, Field(ge=1, le=COPIES_MAX)] = 1
    settings: tuple[Variable, ...] = ()
    """Variables of the caller's environment that the service gets."""
    auth: dict[Variable, str] = {}
    """Variable → value of the settings that turn access control on; the value may name `AUTH_VALUES` in braces."""
    messaging_values: dict[Variable, str] = {}
    """Variable → value of the settings of a service that only tells people where Kafka and the registry are.

    The value may name `MESSAGING_VALUES` in braces; none of them is a secret.
    """
    links: dict[str, str] = {}
    """Title → path below the URL of an HTTP service; `up` and `status` show the addresses."""
    hint: str = ""
    """What `up` suggests to do next when this service runs."""


class Topology(BaseModel, frozen=True, extra="forbid"):
    """All services of a stack. The embedded servers need no declaration."""

    folder: Path
    """The folder of the declaration: paths in it are relative to this one."""
    name: Name
    """Names the folder of downloads that all stacks of this topology share."""
    command: str = "embedded-stack"
    """The command that error texts tell people to run."""
    settings: tuple[Variable, ...] = ()
    """Variables of the caller's environment that all services and steps get."""
    python_path: tuple[str, ...] = (".",)
    """Folders from which services and steps import their modules, besides the installed packages."""
    migrations: tuple[str, ...] = ()
    """Folders with migrations of tables that the database of each service has."""
    grants: tuple[str, ...] = ()
    """SQL files with the privileges on those tables, for the roles of services that declare their own."""
    steps: tuple[Step, ...] = ()
    auth: Auth | None = None
    """The access tokens of `up --auth`; without it the stack has no access control."""
    services: dict[Name, Service]

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of all servers and services."""
        return (*SERVERS, *self.services)

    @property
    def databases(self) -> tuple[str, ...]:
        """The services that have a database, which is named after its service."""
        return tuple(name for name, service in self.services.items() if service.migrations)

    @property
    def ports(self) -> dict[str, int]:
        """The default of each port, by name."""
        return default_ports({name: service.port for name, service in self.services.items()})

    def ports_of(self, part: str) -> tuple[str, ...]:
        """Returns the names of a part's ports."""
        return tuple(PORTS[part]) if part in PORTS else (f"{part}_port",)

    def module(self, service: str) -> str:
        """Returns the Python module that a service runs."""
        return self.services[service].module or service

    @property
    def needs(self) -> dict[str, tuple[str, ...]]:
        """Part → the parts that must be ready before it starts."""
        return {
            POSTGRES: (),
            KAFKA: (),
            REGISTRY: (POSTGRES,),
            ISSUER: (),
            **{name: _needs(service) for name, service in self.services.items()},
        }

    @property
    def stop_order(self) -> list[tuple[str, ...]]:
        """Groups of parts that stop together; each group before the parts that it needs."""
        sorter = TopologicalSorter(self.needs)
        sorter.prepare()
        groups: list[tuple[str, ...]] = []
        while sorter.is_active():
            groups.insert(0, sorter.get_ready())
            sorter.done(*groups[0])
        return groups

    @model_validator(mode="after")
    def _check(self) -> Self:
        if os.pathsep in str(self.folder):
            raise ValueError(f"the folder {self.folder} has {os.pathsep!r} in its name: rename it")
        _check_files(self.folder, self.migrations, self.grants)
        for step in self.steps:
            # Each has a user of Kafka of its own.
            if step.name in self.services:
                raise ValueError(f"steps: {step.name} is the name of a service, too")
        ports: dict[int, str] = {
            port: name for names in PORTS.values() for name, port in names.items()
        }
        for name, service in self.services.items():
            place = f"services.{name}"
            if name in SERVERS or f"{name}_port" in ports.values():
                raise ValueError(f"{place}: the name belongs to an embedded server")
            if owner := ports.get(service.port):
                raise ValueError(f"{place}.port: {service.port} is the default of {owner}")
            ports[service.port] = f"{name}_port"
            for upstream in service.upstreams:
                if upstream not in self.services:
                    raise ValueError(f"{place}.upstreams: there is no service {upstream}")
            _check_files(self.folder, service.migrations, service.grants, f"{place}.")
            _check_values(f"{place}.auth", service.auth, AUTH_VALUES)
            _check_values(f"{place}.messaging_values", service.messaging_values, MESSAGING_VALUES)
        try:
            TopologicalSorter(self.needs).prepare()
        except CycleError as error:
            cycle = " → ".join(error.args[1])
            raise ValueError(f"services: they need one another: {cycle}") from None
        return self


def load_topology(path: Path) -> Topology:
    """Reads a declaration.

    Args:
        path: a TOML file.

    Raises:
        StackError: the file can't be read or has a mistake; names the file and the place in it.
    """
    try:
        declared: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        return Topology.model_validate({**declared, "folder": path.resolve().parent})
    except OSError as error:
        raise StackError(f"cannot read the topology {path}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StackError(f"{path}: {error}") from None
    except ValidationError as error:
        raise StackError(
            "; ".join(f"{path}: {_describe(wrong)}" for wrong in error.errors())
        ) from None


def _needs(service: Service) -> tuple[str, ...]:
    database = (POSTGRES,) if service.migrations else ()
    messaging = (KAFKA, REGISTRY) if service.messaging else ()
    issuer = (ISSUER,) if service.auth else ()
    return (*database, *messaging, *issuer, *service.upstreams)


def _check_files(
    root: Path, migrations: Iterable[str], grants: Iterable[str], place: str = ""
) -> None:
    for folder in migrations:
        # dbmate splits lists of folders at commas.
        if "," in folder or Path(folder).is_absolute():
            raise ValueError(
                f"{place}migrations: {folder!r} must be a relative path without a comma"
            )
        if not (root / folder).is_dir():
            raise ValueError(f"{place}migrations: there is no folder {folder}")
    for file in grants:
        if not (root / file).is_file():
            raise ValueError(f"{place}grants: there is no file {file}")


def _check_values(place: str, settings: dict[str, str], names: tuple[str, ...]) -> None:
    for variable, value in settings.items():
        try:
            value.format_map(dict.fromkeys(names, ""))
        except (AttributeError, LookupError, TypeError, ValueError):
            raise ValueError(
                f"{place}.{variable}: {value!r} may name {', '.join(names)} in braces only"
            ) from None


def _describe(wrong: Any) -> str:
    place = ".".join(str(word) for word in wrong["loc"])
    text = re.sub(r"^Value error, ", "", wrong["msg"])
    return f"{place}: {text}" if place else text
