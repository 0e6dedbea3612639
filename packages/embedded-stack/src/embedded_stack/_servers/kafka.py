"""Kafka: one node in KRaft mode."""

import asyncio
import base64
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from string import Template

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from embedded_stack._servers.java import Java, Words, java
from embedded_stack._supervisor.folder import Folder, write_private
from embedded_stack._supervisor.process import Command
from embedded_stack.listeners import HOST

HEAP_MEBIBYTES = 320
METADATA_SECONDS_MAX = 1.0
ADMIN = "stack-admin"
"""The user that may do everything. No service can have its name."""
LOGIN = "org.apache.kafka.common.security.plain.PlainLoginModule"
HERE = Path(__file__).parent


@dataclass(frozen=True)
class Kafka:
    """The embedded broker."""

    folder: Folder
    java: Java
    jars: list[Path]
    port: int
    controller_port: int
    users: Mapping[str, str] = field(default_factory=dict, repr=False)
    """User → password, with that of ADMIN; without users everybody may connect and do everything."""

    @property
    def bootstrap_servers(self) -> str:
        """The address that clients connect to first."""
        return f"{HOST}:{self.port}"

    @property
    def _data(self) -> Path:
        return self.folder.data("kafka")

    @property
    def _properties(self) -> Path:
        return self.folder.path / "kafka.properties"

    def format(self) -> Command | None:
        """Returns the command that creates the data directory, or None when it exists."""
        template = Template((HERE / "kafka.properties").read_text())
        ports: dict[str, str | int] = {
            "host": HOST,
            "port": self.port,
            "controller_port": self.controller_port,
        }
        text = template.substitute(ports)
        if self.users:
            text += self._auth(ports)
        self.folder.create_data()
        self._data.mkdir(mode=0o700, exist_ok=True)
        self._data.chmod(0o700)
        write_private(self._properties, text)
        if (self._data / "meta.properties").exists():
            return None
        cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).rstrip(b"=").decode()
        options = (f"--cluster-id={cluster}", "--ignore-formatted", "--config", self._properties)
        program = self._program("kafka.tools.StorageTool")
        words: Words = (*program, "format", *options)
        return replace(java("kafka-format", HEAP_MEBIBYTES, words), folder=self._data.parent)

    def _auth(self, ports: Mapping[str, str | int]) -> str:
        template = Template((HERE / "kafka_auth.properties").read_text())
        password = self.users[ADMIN]
        return template.substitute(
            ports,
            admin=ADMIN,
            password=password,
            login=f'{LOGIN} required username="{ADMIN}" password="{password}"',
            users=" ".join(f'user_{name}="{secret}"' for name, secret in self.users.items()),
        )

    def command(self) -> Command:
        """Returns the broker's command."""
        program = self._program("kafka.Kafka")
        broker = self.java.run("kafka", HEAP_MEBIBYTES, program, self._properties)
        # Log4j expects a URL.
        logging = (HERE / "log4j2.properties").as_uri()
        environment = {"LOG4J_CONFIGURATION_FILE": logging}
        return replace(broker, environment=environment, folder=self._data.parent)

    def _program(self, main: str) -> tuple[str, ...]:
        return "-cp", ":".join(map(str, self.jars)), main


def client_properties(bootstrap_servers: str, user: str, password: str | None) -> dict[str, str]:
    """Returns the librdkafka properties of a client; without a password there is no access control."""
    servers = {"bootstrap.servers": bootstrap_servers}
    return servers | (credentials(user, password) if password else {})


def credentials(user: str, password: str) -> dict[str, str]:
    """Returns the librdkafka properties by which a user logs in."""
    return {
        "security.protocol": "SASL_PLAINTEXT",
        "sasl.mechanism": "PLAIN",
        "sasl.username": user,
        "sasl.password": password,
    }


async def responds(properties: Mapping[str, str]) -> bool:
    """Tells whether a broker returns the metadata of its cluster, with at least one broker in it."""

    def list_topics() -> bool:
        # librdkafka would log each failed attempt while the broker starts.
        client = AdminClient({**properties, "log_level": 0})
        try:
            return bool(client.list_topics(timeout=METADATA_SECONDS_MAX).brokers)
        except KafkaException:
            return False

    return await asyncio.to_thread(list_topics)
