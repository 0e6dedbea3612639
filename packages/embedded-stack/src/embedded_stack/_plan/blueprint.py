"""What a stack consists of, worked out from its settings before anything is started."""

import copy
from collections.abc import Iterable
from itertools import islice
from typing import Self

from embedded_stack._plan import ports
from embedded_stack._plan.copies import Copy, Scale, copies
from embedded_stack._plan.endpoints import Endpoints
from embedded_stack._plan.settings import HOST, Part, Settings
from embedded_stack._servers import passwords
from embedded_stack._servers.postgres import SUPERUSER, Postgres
from embedded_stack._servers.registry import API
from embedded_stack._supervisor.folder import Folder
from embedded_stack.errors import StackError

NEEDS = {
    Part.POSTGRES: (),
    Part.KAFKA: (),
    Part.REGISTRY: (Part.POSTGRES,),
    Part.ORDERS: (Part.POSTGRES, Part.KAFKA, Part.REGISTRY),
    Part.PAYMENTS: (Part.POSTGRES, Part.KAFKA, Part.REGISTRY),
    Part.GATEWAY: (Part.ORDERS, Part.PAYMENTS),
}
"""What each part cannot do without."""

PORTS = {
    Part.POSTGRES: ("postgres_port",),
    Part.KAFKA: ("kafka_port", "kafka_controller_port"),
    Part.REGISTRY: ("registry_port", "registry_health_port"),
    Part.ORDERS: ("orders_port",),
    Part.PAYMENTS: ("payments_port",),
    Part.GATEWAY: ("gateway_port",),
}


class Blueprint:
    """The parts of one stack, their copies and ports, and their endpoints."""

    def __init__(
        self, settings: Settings, folder: Folder, parts: Iterable[Part], scale: Scale | None = None
    ) -> None:
        self.settings = settings
        self.folder = folder
        self.ports = ports.resolve(settings.ports)
        self.parts = self._closure(parts)
        self.postgres = Postgres(folder, self.ports.postgres_port, passwords.load(folder))
        self.copies = self._copies(scale or {})
        self.endpoints = self._endpoints()

    def including(self, parts: Iterable[Part]) -> Self:
        """The same stack with more parts."""
        more = copy.copy(self)
        more.parts = self._closure((*self.parts, *parts))
        return more

    def listening(self, parts: Iterable[Part]) -> dict[str, int]:
        """The ports of parts, by the names of their settings."""
        return {name: getattr(self.ports, name) for part in parts for name in PORTS[part]}

    def _closure(self, parts: Iterable[Part]) -> list[Part]:
        external = self.settings.external
        elsewhere = {
            Part.KAFKA: external.kafka_bootstrap_servers is not None,
            Part.REGISTRY: external.schema_registry_url is not None,
        }
        own_databases = (external.orders_database_url, external.payments_database_url)
        needed: set[Part] = set()
        open_ends = list(parts)
        while open_ends:
            part = open_ends.pop()
            if part not in needed and not elsewhere.get(part):
                needed.add(part)
                open_ends.extend(NEEDS[part])
        if Part.REGISTRY not in needed and all(own_databases):
            needed.discard(Part.POSTGRES)
        return [part for part in Part if part in needed]

    def _copies(self, scale: Scale) -> dict[Part, list[Copy]]:
        for part in scale:
            if part not in self.parts:
                raise StackError(f"{part} is scaled, but not started")
        first = {
            Part.ORDERS: self.ports.orders_port,
            Part.PAYMENTS: self.ports.payments_port,
            Part.GATEWAY: self.ports.gateway_port,
        }
        more = iter(ports.free(sum(scale.values()), self.ports.model_dump().values()))
        listening = {
            part: [port, *islice(more, scale.get(part, 1) - 1)] for part, port in first.items()
        }
        return {
            part: copies(part, [f"{HOST}:{port}" for port in its_ports])
            for part, its_ports in listening.items()
        }

    def _addresses(self, part: Part) -> str:
        return ",".join(each.address for each in self.copies[part])

    def _endpoints(self) -> Endpoints:
        external, ports = self.settings.external, self.ports
        registry = f"http://{HOST}:{ports.registry_port}{API}"
        return Endpoints(
            kafka_bootstrap_servers=external.kafka_bootstrap_servers
            or f"{HOST}:{ports.kafka_port}",
            schema_registry_url=external.schema_registry_url or registry,
            superuser_database_url=self.postgres.url(SUPERUSER, SUPERUSER),
            orders_grpc_address=self._addresses(Part.ORDERS),
            payments_grpc_address=self._addresses(Part.PAYMENTS),
            gateway_address=self._addresses(Part.GATEWAY),
            **self._database_urls("orders"),
            **self._database_urls("payments"),
            clients=external.clients(),
        )

    def _database_urls(self, name: str) -> dict[str, str]:
        roles = {f"{name}_database_url": f"{name}_service"}
        roles[f"{name}_owner_database_url"] = f"{name}_owner"
        if getattr(self.settings.external, f"{name}_database_url"):
            given = {key: getattr(self.settings.external, key) for key in roles}
            return {key: url.get_secret_value() if url else "" for key, url in given.items()}
        return {key: self.postgres.url(role, name) for key, role in roles.items()}
