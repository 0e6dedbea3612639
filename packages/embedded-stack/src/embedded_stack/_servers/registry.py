"""Apicurio Registry with Confluent's API; its storage is a database of the embedded PostgreSQL."""

from dataclasses import dataclass, field, replace
from pathlib import Path

from embedded_stack._servers.java import Java
from embedded_stack._supervisor.process import Command
from embedded_stack.listeners import HOST

HEAP_MEBIBYTES = 256
CONNECTIONS_MIN = 1
CONNECTIONS_MAX = 10
API = "/apis/ccompat/v7"


@dataclass(frozen=True)
class Registry:
    """The embedded schema registry."""

    folder: Path
    """The working folder, where the virtual machine writes its crash reports."""
    java: Java
    home: Path
    port: int
    health_port: int
    database_port: int
    password: str = field(repr=False)

    @property
    def health_url(self) -> str:
        """The URL that responds 200 once the storage is ready."""
        return f"http://{HOST}:{self.health_port}/health/ready"

    def command(self) -> Command:
        """Returns the server's command."""
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
            "APICURIO_DATASOURCE_JDBC_INITIAL_SIZE": str(CONNECTIONS_MIN),
            "APICURIO_DATASOURCE_JDBC_MIN_SIZE": str(CONNECTIONS_MIN),
            "APICURIO_DATASOURCE_JDBC_MAX_SIZE": str(CONNECTIONS_MAX),
        }
        jar = self.home / "quarkus-run.jar"
        command = self.java.run("registry", HEAP_MEBIBYTES, ("-jar", jar))
        return replace(command, environment=environment, folder=self.folder)
