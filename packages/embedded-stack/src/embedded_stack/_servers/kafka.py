"""Kafka: one node in KRaft mode."""

import asyncio
import base64
import uuid
from dataclasses import dataclass, replace
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
HERE = Path(__file__).parent


@dataclass(frozen=True)
class Kafka:
    """The embedded broker."""

    folder: Folder
    java: Java
    jars: list[Path]
    port: int
    controller_port: int

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
        text = template.substitute(host=HOST, port=self.port, controller_port=self.controller_port)
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


async def responds(bootstrap_servers: str) -> bool:
    """Tells whether a broker returns the metadata of its cluster, with at least one broker in it."""

    def list_topics() -> bool:
        # librdkafka would log each failed attempt while the broker starts.
        client = AdminClient({"bootstrap.servers": bootstrap_servers, "log_level": 0})
        try:
            return bool(client.list_topics(timeout=METADATA_SECONDS_MAX).brokers)
        except KafkaException:
            return False

    return await asyncio.to_thread(list_topics)
