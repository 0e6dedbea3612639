"""Starts the parts of a stack, concurrently as far as their needs allow."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path

from embedded_stack._artifacts import pinned
from embedded_stack._artifacts.cache import Cache, require_space
from embedded_stack._issuer.server import NOTICE, Issuer
from embedded_stack._plan import migrations, ports, services
from embedded_stack._plan.acls import declared
from embedded_stack._plan.blueprint import Blueprint
from embedded_stack._plan.copies import Copy
from embedded_stack._servers import kafka
from embedded_stack._servers.acls import replace_acls
from embedded_stack._servers.bootstrap import bootstrap
from embedded_stack._servers.java import Java
from embedded_stack._servers.registry import Registry
from embedded_stack._supervisor.process import Command
from embedded_stack._supervisor.supervisor import Supervisor
from embedded_stack._supervisor.together import together
from embedded_stack.servers import ISSUER, KAFKA, POSTGRES, REGISTRY

FREE_BYTES_MIN = 256 * 1024 * 1024
"""The data of a new stack, and a margin."""


class Startup:
    """One start of those parts of a blueprint that are not up yet."""

    def __init__(self, blueprint: Blueprint, supervisor: Supervisor) -> None:
        self._blueprint = blueprint
        self._supervisor = supervisor
        self._topology = blueprint.topology
        self._parts = [part for part in blueprint.parts if part not in supervisor.parts]
        self._services = [part for part in self._parts if part in self._topology.services]
        settings = blueprint.settings
        # Resolved, because Java runs in the stack's folder and a relative STACK_CACHE is the caller's.
        cache = settings.cache.resolve()
        self._java = Java(cache / "java")
        self._cache = Cache(cache, settings.maven_repository, supervisor.console)

    async def run(self) -> None:
        """Starts the parts; all of them are ready when this returns.

        Raises:
            StackError: a part can't start; names the cause.
        """
        require_space(self._blueprint.folder.path, FREE_BYTES_MIN)
        ports.check_free(self._blueprint.listening(self._parts))
        jars, archives = await self._fetch()
        await together([self._kafka(jars), self._databases(archives), self._issuer()])
        if any(self._topology.services[name].messaging for name in self._services):
            for step in self._topology.steps:
                command = services.run_step(step, self._topology, self._blueprint.endpoints)
                await self._supervisor.step(command)
        await together(
            self._service(copy)
            for service in self._services
            for copy in self._blueprint.copies[service]
        )

    async def _fetch(self) -> tuple[list[Path], list[Path]]:
        """Returns the files of Kafka and of the registry; one download, so that its progress has one total."""
        jars = pinned(KAFKA) if KAFKA in self._parts else []
        archives = pinned(REGISTRY) if REGISTRY in self._parts else []
        files = await self._cache.fetch([*jars, *archives])
        return files[: len(jars)], files[len(jars) :]

    async def _kafka(self, jars: list[Path]) -> None:
        if KAFKA not in self._parts:
            return
        ports = self._blueprint.ports
        broker = kafka.Kafka(
            self._blueprint.folder,
            self._java,
            jars,
            ports["kafka_port"],
            ports["kafka_controller_port"],
            self._blueprint.endpoints.kafka_passwords,
        )
        if command := broker.format():
            await self._supervisor.step(command)
        admin = kafka.client_properties(
            broker.bootstrap_servers, kafka.ADMIN, broker.users.get(kafka.ADMIN)
        )
        ready = partial(kafka.responds, admin)
        await self._supervisor.launch(KAFKA, broker.command(), ready)
        if broker.users:
            await replace_acls(admin, await declared(self._topology))

    async def _databases(self, archives: list[Path]) -> None:
        if POSTGRES in self._parts:
            await self._postgres()
        jobs = [self._registry(archive) for archive in archives]
        if self._services:
            databases = migrations.migrate(self._topology, self._blueprint.endpoints)
            jobs += [self._steps(commands) for commands in databases]
        await together(jobs)

    async def _steps(self, commands: Iterable[Command]) -> None:
        for command in commands:
            await self._supervisor.step(command)

    async def _postgres(self) -> None:
        server = self._blueprint.postgres
        await server.initialize(self._supervisor.step)
        await self._supervisor.launch(POSTGRES, server.command(), server.ready)
        commands = bootstrap(server, self._topology.databases)
        await together(self._supervisor.step(command) for command in commands)

    async def _registry(self, archive: Path) -> None:
        ports = self._blueprint.ports
        registry = Registry(
            folder=self._blueprint.folder.path,
            java=self._java,
            home=await self._cache.unpack(archive),
            port=ports["registry_port"],
            health_port=ports["registry_health_port"],
            database_port=ports["postgres_port"],
            password=self._blueprint.postgres.passwords[REGISTRY],
        )
        ready = partial(services.healthy, registry.health_url)
        await self._supervisor.launch(REGISTRY, registry.command(), ready)

    async def _issuer(self) -> None:
        if ISSUER not in self._parts:
            return
        issuer = Issuer(self._blueprint.folder, self._blueprint.ports["issuer_port"])
        issuer.create_keys()
        self._supervisor.console.print(f"the issuer {issuer.url} is {NOTICE}")
        ready = partial(services.healthy, issuer.configuration_url)
        await self._supervisor.launch(ISSUER, issuer.command(), ready)

    async def _service(self, copy: Copy) -> None:
        command = services.command(copy, self._topology, self._blueprint.endpoints)
        ready = services.probe(copy, self._topology)
        await self._supervisor.launch(copy.service, command, ready)
