"""The plan of a stack, made from its topology and settings before any process starts."""

import copy
from collections.abc import Iterable
from itertools import islice
from typing import Self

from embedded_stack._issuer.keys import CallerTokenKey
from embedded_stack._issuer.server import issuer_url
from embedded_stack._plan import acls, ports
from embedded_stack._plan.copies import Copy, Scale, copies
from embedded_stack._plan.endpoints import Endpoints
from embedded_stack._plan.settings import Settings
from embedded_stack._servers import passwords
from embedded_stack._servers.kafka import ADMIN
from embedded_stack._servers.passwords import owner_role, service_role
from embedded_stack._servers.postgres import SUPERUSER, Postgres
from embedded_stack._servers.registry import API
from embedded_stack._supervisor.folder import Folder
from embedded_stack.errors import StackError
from embedded_stack.listeners import HOST
from embedded_stack.servers import ISSUER, KAFKA, POSTGRES, REGISTRY
from embedded_stack.topology import AUTH_VALUES


class Blueprint:
    """The parts of one stack, their copies, ports and endpoints."""

    def __init__(
        self, settings: Settings, folder: Folder, parts: Iterable[str], scale: Scale | None = None
    ) -> None:
        self.settings = settings
        self.topology = settings.topology
        if settings.auth and self.topology.auth is None:
            raise StackError(
                "the topology declares no `auth`, so there is no access control to turn on"
            )
        self.folder = folder
        self.ports = ports.resolve(settings.ports)
        self.parts = self._with_needs(parts)
        self.postgres = Postgres(folder, self.ports["postgres_port"], self._passwords())
        self.copies = self._copies(scale or {})
        self.endpoints = self._endpoints()

    def including(self, parts: Iterable[str]) -> Self:
        """Returns the plan of the same stack with more parts."""
        more = copy.copy(self)
        more.parts = self._with_needs((*self.parts, *parts))
        return more

    def listening(self, parts: Iterable[str]) -> dict[str, int]:
        """Returns the ports of parts, by name."""
        return {name: self.ports[name] for part in parts for name in self.topology.ports_of(part)}

    def _with_needs(self, parts: Iterable[str]) -> list[str]:
        external = self.settings.external
        elsewhere = {
            KAFKA: external.kafka_bootstrap_servers is not None,
            REGISTRY: external.schema_registry_url is not None,
            ISSUER: not self.settings.auth,
        }
        needed: set[str] = set()
        pending = list(parts)
        while pending:
            part = pending.pop()
            if part not in self.topology.needs:
                known = ", ".join(self.topology.parts)
                raise StackError(f"there is no part {part}; there are {known}")
            if part not in needed and not elsewhere.get(part):
                needed.add(part)
                pending.extend(self.topology.needs[part])
        databases = self.topology.databases
        if REGISTRY not in needed and databases and all(map(external.database, databases)):
            needed.discard(POSTGRES)
        return [part for part in self.topology.parts if part in needed]

    def _passwords(self) -> dict[str, str]:
        services = self.topology.databases
        roles = [role(name) for name in services for role in (owner_role, service_role)]
        return passwords.load(self.folder, (SUPERUSER, REGISTRY, *roles))

    def _copies(self, scale: Scale) -> dict[str, list[Copy]]:
        for service in scale:
            if service not in self.parts:
                raise StackError(f"{service} is scaled, but not started")
        more = iter(ports.free(sum(scale.values()), self.ports.values()))
        addresses = {
            service: [
                f"{HOST}:{port}"
                for port in (
                    self.ports[f"{service}_port"],
                    *islice(more, scale.get(service, 1) - 1),
                )
            ]
            for service in self.topology.services
        }
        return {service: copies(service, its) for service, its in addresses.items()}

    def _endpoints(self) -> Endpoints:
        external = self.settings.external
        kafka = f"{HOST}:{self.ports['kafka_port']}"
        registry = f"http://{HOST}:{self.ports['registry_port']}{API}"
        return Endpoints(
            kafka_bootstrap_servers=external.kafka_bootstrap_servers or kafka,
            schema_registry_url=external.schema_registry_url or registry,
            superuser_database_url=self.postgres.url(SUPERUSER, SUPERUSER),
            addresses={
                service: ",".join(copy.address for copy in copies)
                for service, copies in self.copies.items()
            },
            databases={
                service: external.database(service) or self._database(service)
                for service in self.topology.databases
            },
            clients=external.clients,
            kafka_passwords=self._kafka_passwords(),
            auth=self._auth(),
        )

    def _kafka_passwords(self) -> dict[str, str]:
        if not self.settings.auth or self.settings.external.kafka_bootstrap_servers:
            return {}
        names = {user: f"kafka:{user}" for user in (ADMIN, *acls.users(self.topology))}
        secrets = passwords.load(self.folder, names.values())
        return {user: secrets[name] for user, name in names.items()}

    def _auth(self) -> dict[str, str]:
        auth = self.topology.auth
        if auth is None or not self.settings.auth:
            return {}
        key = CallerTokenKey(self.folder)
        values = (
            issuer_url(self.ports["issuer_port"]),
            auth.audience,
            str(key.private),
            str(key.public),
        )
        return dict(zip(AUTH_VALUES, values, strict=True))

    def _database(self, service: str) -> tuple[str, str]:
        roles = (service_role(service), owner_role(service))
        as_service, as_owner = (self.postgres.url(role, service) for role in roles)
        return as_service, as_owner
