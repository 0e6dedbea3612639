"""The order in which a stack comes up: as much side by side as the parts' needs allow."""

from functools import partial
from pathlib import Path

from embedded_stack._artifacts import pinned
from embedded_stack._artifacts.cache import Cache, require_space
from embedded_stack._plan import migrations, ports, services
from embedded_stack._plan.blueprint import Blueprint
from embedded_stack._plan.bootstrap import bootstrap
from embedded_stack._plan.copies import Copy
from embedded_stack._plan.settings import Part
from embedded_stack._servers import kafka
from embedded_stack._servers.java import Java
from embedded_stack._servers.registry import Registry
from embedded_stack._supervisor.supervisor import Supervisor
from embedded_stack._supervisor.together import together

FREE_BYTES_MIN = 256 * 1024 * 1024
"""What a new stack's data takes, and some air."""


class Startup:
    """One start of those parts of a blueprint that are not up yet."""

    def __init__(self, blueprint: Blueprint, supervisor: Supervisor) -> None:
        self._blueprint = blueprint
        self._supervisor = supervisor
        self._parts = [part for part in blueprint.parts if part not in supervisor.parts]
        settings = blueprint.settings
        # Java runs in the stack's folder, a relative STACK_CACHE means the caller's.
        cache = settings.cache.resolve()
        self._java = Java(cache / "java")
        self._cache = Cache(cache, settings.maven_repository, supervisor.console)

    async def run(self) -> None:
        """Starts the parts; all are ready when this returns.

        Raises:
            StackError: something is in the way; says what.
        """
        endpoints = self._blueprint.endpoints
        require_space(self._blueprint.folder.path, FREE_BYTES_MIN)
        ports.check_free(self._blueprint.listening(self._parts))
        jars, archives = await self._fetch()
        await together([self._kafka(jars), self._databases(archives)])
        if self._services:
            await self._supervisor.step(services.register(endpoints))
            await together(
                self._service(copy)
                for part in self._services
                for copy in self._blueprint.copies[part]
            )

    @property
    def _services(self) -> list[Part]:
        return [part for part in self._parts if part in services.NEEDS]

    async def _fetch(self) -> tuple[list[Path], list[Path]]:
        """Gives the files of Kafka and of the registry; one download, so that it has one total."""
        jars = pinned(Part.KAFKA) if Part.KAFKA in self._parts else []
        archives = pinned(Part.REGISTRY) if Part.REGISTRY in self._parts else []
        files = await self._cache.fetch([*jars, *archives])
        return files[: len(jars)], files[len(jars) :]

    async def _kafka(self, jars: list[Path]) -> None:
        if Part.KAFKA not in self._parts:
            return
        given = self._blueprint.ports
        broker = kafka.Kafka(
            self._blueprint.folder, self._java, jars, given.kafka_port, given.kafka_controller_port
        )
        if command := broker.format():
            await self._supervisor.step(command)
        answers = partial(kafka.answers, broker.bootstrap_servers)
        await self._supervisor.launch(Part.KAFKA, broker.command(), answers)

    async def _databases(self, archives: list[Path]) -> None:
        blueprint, supervisor = self._blueprint, self._supervisor
        if Part.POSTGRES in self._parts:
            await self._postgres()
        jobs = [self._registry(archive) for archive in archives]
        if self._services:
            jobs += [supervisor.step(each) for each in migrations.migrate(blueprint.endpoints)]
        await together(jobs)

    async def _postgres(self) -> None:
        server = self._blueprint.postgres
        await server.initialize(self._supervisor.step)
        await self._supervisor.launch(Part.POSTGRES, server.command(), server.ready)
        await together(self._supervisor.step(command) for command in bootstrap(server))

    async def _registry(self, archive: Path) -> None:
        given = self._blueprint.ports
        registry = Registry(
            folder=self._blueprint.folder.path,
            java=self._java,
            home=await self._cache.unpack(archive),
            port=given.registry_port,
            health_port=given.registry_health_port,
            database_port=given.postgres_port,
            password=self._blueprint.postgres.passwords.registry,
        )
        healthy = partial(services.healthy, registry.health_url)
        await self._supervisor.launch(Part.REGISTRY, registry.command(), healthy)

    async def _service(self, copy: Copy) -> None:
        command = services.command(copy, self._blueprint.endpoints)
        await self._supervisor.launch(copy.part, command, services.probe(copy))
