"""Apicurio Registry, which speaks Confluent's API; its storage is the embedded PostgreSQL."""

from dataclasses import dataclass, field
from pathlib import Path

from stack.parts.java import java
from stack.process import Command
from stack.settings import HOST

HEAP_MEBIBYTES = 256
API = "/apis/ccompat/v7"


@dataclass(frozen=True)
class Registry:
    """The embedded schema registry."""

    home: Path
    port: int
    health_port: int
    database_port: int
    password: str = field(repr=False)

    @property
    def health_url(self) -> str:
        """Answers 200 once the storage is ready."""
        return f"http://{HOST}:{self.health_port}/health/ready"

    def command(self) -> Command:
        """The server."""
        environment = {
            "QUARKUS_HTTP_HOST": HOST,
            "QUARKUS_HTTP_PORT": str(self.port),
            "QUARKUS_MANAGEMENT_HOST": HOST,
            "QUARKUS_MANAGEMENT_PORT": str(self.health_port),
            "APICURIO_STORAGE_KIND": "sql",
            "APICURIO_STORAGE_SQL_KIND": "postgresql",
            "APICURIO_DATASOURCE_URL": f"jdbc:postgresql://{HOST}:{self.database_port}/registry",
            "APICURIO_DATASOURCE_USERNAME": "registry",
            "APICURIO_DATASOURCE_PASSWORD": self.password,
        }
        jar = self.home / "quarkus-run.jar"
        return Command("registry", java(HEAP_MEBIBYTES, "-jar", jar), environment)
