"""A broker with TLS and SCRAM, as managed ones have."""

import asyncio
import os
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from string import Template

import stamina
import trustme
from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from embedded_stack._artifacts import pinned
from embedded_stack._artifacts.cache import Cache
from embedded_stack._plan.settings import cache
from embedded_stack._servers.java import Java, java
from embedded_stack._servers.kafka import HEAP_MEBIBYTES, Kafka
from embedded_stack._supervisor.console import Console
from embedded_stack._supervisor.folder import Folder, write_private
from embedded_stack.listeners import HOST
from embedded_stack.testing import free_ports
from tests.shop_topology import TOPOLOGY

OVERLAY = Path(__file__).with_suffix(".properties")
USER = "shop"
READY_SECONDS_MAX = 60.0
STOP_SECONDS_MAX = 20.0


@dataclass(frozen=True)
class SecuredKafka:
    """The broker's port and the credentials of a client."""

    port: int
    ca: Path
    password: str = field(default_factory=secrets.token_hex, repr=False)

    @property
    def environment(self) -> dict[str, str]:
        """The variables that the documents name for a managed Kafka."""
        return {
            "KAFKA_BOOTSTRAP_SERVERS": f"{HOST}:{self.port}",
            "KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
            "KAFKA_SASL_MECHANISM": "SCRAM-SHA-512",
            "KAFKA_SASL_USERNAME": USER,
            "KAFKA_SASL_PASSWORD": self.password,
            "KAFKA_SSL_CA_LOCATION": str(self.ca),
        }

    def check(self) -> None:
        """Raises a KafkaException if the broker doesn't respond."""
        settings = {
            name.removeprefix("KAFKA_").lower().replace("_", "."): value
            for name, value in self.environment.items()
        }
        AdminClient({**settings, "log_level": 0}).list_topics(timeout=1)


@contextmanager
def secured_kafka(path: Path) -> Iterator[SecuredKafka]:
    """Runs a broker that accepts TLS with a password only."""
    folder, downloads = Folder(path), cache(TOPOLOGY)
    folder.create()
    jars = asyncio.run(Cache(downloads, None, Console(quiet=True)).fetch(pinned("kafka")))
    port, controller_port = free_ports(2)
    broker = Kafka(folder, Java(downloads / "java"), jars, port, controller_port)
    secured = SecuredKafka(port, path / "ca.pem")
    formatting = broker.format()
    assert formatting
    _secure(broker, secured)
    scram = f"SCRAM-SHA-512=[name={USER},password={secured.password}]"
    subprocess.run(
        (*formatting.arguments, "--add-scram", scram),
        check=True,
        capture_output=True,
        timeout=60,
        cwd=formatting.folder,
    )
    command = java("kafka", HEAP_MEBIBYTES, (*broker._program("kafka.Kafka"), broker._properties))
    with (path / "kafka.log").open("wb") as log:
        process = subprocess.Popen(
            command.arguments,
            env={**os.environ},
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=formatting.folder,
        )
    try:
        for attempt in stamina.retry_context(
            on=KafkaException, attempts=None, timeout=READY_SECONDS_MAX, wait_max=0.2
        ):
            with attempt:
                assert process.poll() is None, (path / "kafka.log").read_text()[-2000:]
                secured.check()
        yield secured
    finally:
        process.terminate()
        process.wait(STOP_SECONDS_MAX)


def _secure(broker: Kafka, secured: SecuredKafka) -> None:
    """Creates certificates and adds them and the password to the broker's properties."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(secured.ca)
    certificate = authority.issue_cert(HOST)
    # Kafka reads private keys in PKCS 8 only.
    key = load_pem_private_key(certificate.private_key_pem.bytes(), None).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    chain = [pem.bytes() for pem in certificate.cert_chain_pems]
    keystore = broker.folder.path / "broker.pem"
    write_private(keystore, b"".join([key, *chain]).decode())
    overlay = Template(OVERLAY.read_text()).substitute(
        host=HOST,
        port=broker.port,
        controller_port=broker.controller_port,
        keystore=keystore,
        ca=secured.ca,
        user=USER,
        password=secured.password,
    )
    write_private(broker._properties, broker._properties.read_text() + overlay)
