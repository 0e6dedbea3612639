"""Which KAFKA_ and SCHEMA_REGISTRY_ variables are settings, and which are rejected or none of ours."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from transactional_events.kafka import (
    BatchConsumer,
    KafkaSettings,
    Publisher,
    client_properties,
    kafka_settings,
    newest_records,
)
from transactional_events.kafka import _consumer as consumer
from transactional_events.kafka import _publisher as publisher
from transactional_events.kafka import _reading as reading
from transactional_events.kafka._settings import FIXED
from transactional_events.registry import RegistrySettings
from transactional_events.topics import Topics
from transactional_grpc.settings import SettingsError, load

KUBERNETES = {
    "KAFKA_PORT": "tcp://10.0.0.1:9092",
    "KAFKA_SERVICE_HOST": "10.0.0.1",
    "KAFKA_SERVICE_PORT": "9092",
    "KAFKA_SERVICE_PORT_KAFKA_CLIENT": "9092",
    "KAFKA_PORT_9092_TCP": "tcp://10.0.0.1:9092",
    "KAFKA_PORT_9092_TCP_ADDR": "10.0.0.1",
    "KAFKA_PORT_9092_TCP_PORT": "9092",
    "KAFKA_PORT_9092_TCP_PROTO": "tcp",
    "KAFKA_CONTROLLER_0_PORT_9093_TCP_ADDR": "10.0.0.2",
    "KAFKA_CONNECT_SERVICE_HOST": "10.0.0.3",
    "SCHEMA_REGISTRY_PORT": "tcp://10.0.0.4:8081",
    "SCHEMA_REGISTRY_SERVICE_HOST": "10.0.0.4",
}
IMAGES = {
    "KAFKA_HOME": "/opt/kafka",
    "KAFKA_VERSION": "4.1.0",
    "KAFKA_OPTS": "-Xmx1g",
    "KAFKA_HEAP_OPTS": "-Xmx1g",
    "KAFKA_JVM_PERFORMANCE_OPTS": "-server",
    "KAFKA_LOG_DIRS": "/data",
    "KAFKA_CFG_NODE_ID": "1",
    "KAFKA_LOG4J_LOGGERS": "kafka=INFO",
}


@pytest.fixture(autouse=True)
def no_other_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "a:1,b:2")


def test_variables_become_properties(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_SECURITY_PROTOCOL", "SASL_SSL")
    monkeypatch.setenv("KAFKA_SASL_PASSWORD", "hush")
    monkeypatch.setenv("KAFKA_SASL_KERBEROS_SERVICE_NAME", "kafka")
    settings = kafka_settings()
    assert client_properties(settings) == {
        "bootstrap.servers": "a:1,b:2",
        "security.protocol": "SASL_SSL",
        "sasl.password": "hush",
        "sasl.kerberos.service.name": "kafka",
    }
    assert "hush" not in repr(settings)


def test_variables_of_orchestrators_and_images_are_no_properties(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in (KUBERNETES | IMAGES | {"KAFKA_SASL_MECHANISM": ""}).items():
        monkeypatch.setenv(name, value)
    assert client_properties(kafka_settings()) == {"bootstrap.servers": "a:1,b:2"}


@pytest.mark.parametrize("servers", [None, ""])
def test_the_brokers_are_required(monkeypatch: pytest.MonkeyPatch, servers: str | None) -> None:
    monkeypatch.delenv("KAFKA_BOOTSTRAP_SERVERS")
    if servers is not None:
        monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", servers)
    with pytest.raises(SettingsError, match="KAFKA_BOOTSTRAP_SERVERS: Field required"):
        kafka_settings()


@pytest.mark.parametrize(
    ("variable", "value", "text"),
    [
        ("KAFKA_SECURITY_PROTOCL", "SSL", "No such configuration property"),
        ("KAFKA_SECURITY_PROTOCOL", "TLS", 'Invalid value "TLS"'),
        ("KAFKA_SESSION_TIMEOUT_MS", "-5", "value -5 is outside allowed range"),
    ],
)
def test_a_property_that_the_client_rejects_is_named(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, text: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError, match=f"^{variable}: .*{text}"):
        Topics(kafka_settings())


@pytest.mark.parametrize("variable", ["KAFKA_ACKS", "KAFKA_QUEUE_BUFFERING_MAX_MESSAGES"])
def test_a_property_that_delivery_depends_on_is_rejected(
    variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "1")
    with pytest.raises(SettingsError, match=f"^{variable}: cannot be set"):
        kafka_settings()


async def properties_of_every_client(
    settings: KafkaSettings, monkeypatch: pytest.MonkeyPatch
) -> dict[str, Any]:
    found: dict[str, Any] = {}

    class Stopped(Exception):  # noqa: N818 - no client is wanted, only what it is told
        pass

    def client(properties: dict[str, Any], **_: Any) -> None:
        found.update(properties)
        raise Stopped

    for module, name in ((consumer, "Consumer"), (reading, "Consumer"), (publisher, "Producer")):
        monkeypatch.setattr(module, name, client)
    with pytest.raises(Stopped):
        BatchConsumer(settings, "group", [], lambda: None)
    with pytest.raises(Stopped):
        async with Publisher.open(settings) as publishing:
            await publishing.connect()
    with pytest.raises(Stopped):
        next(newest_records(settings, [], 1))
    return found


@pytest.mark.anyio
async def test_no_client_overrides_a_property_that_may_be_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = KafkaSettings(bootstrap_servers="a:1")
    names = await properties_of_every_client(settings, monkeypatch)
    settings.properties = {
        name: SecretStr("given") for name in names if name not in FIXED | {"bootstrap.servers"}
    }
    found = await properties_of_every_client(settings, monkeypatch)
    assert {name: found[name] for name in settings.properties} == dict.fromkeys(
        settings.properties, "given"
    )


@pytest.mark.parametrize(
    "url",
    [
        *("registry:8081", "http://", "http:///apis", "http://registry:port", "ftp://registry"),
        *("http://a:8081,http://b:8081", "http://registry/?x=1", "hunter2"),
    ],
)
def test_a_malformed_registry_url_is_one_line(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("SCHEMA_REGISTRY_URL", url)
    with pytest.raises(SettingsError, match=r"^SCHEMA_REGISTRY_URL: must ") as rejected:
        load(RegistrySettings)
    assert "hunter2" not in str(rejected.value)


def test_how_to_log_in_to_the_registry_is_checked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SCHEMA_REGISTRY_URL", "https://registry")
    monkeypatch.setenv("SCHEMA_REGISTRY_BASIC_AUTH_USER_INFO", "hunter2")
    empty = tmp_path / "ca.pem"
    empty.touch()
    for file, reason in ((empty, "no certificate"), (tmp_path / "none", "No such file")):
        monkeypatch.setenv("SCHEMA_REGISTRY_SSL_CA_LOCATION", str(file))
        with pytest.raises(SettingsError) as rejected:
            load(RegistrySettings)
        assert "SCHEMA_REGISTRY_BASIC_AUTH_USER_INFO: must be user:password" in str(rejected.value)
        assert f"SCHEMA_REGISTRY_SSL_CA_LOCATION: cannot read {file}: {reason}" in str(
            rejected.value
        )
        assert "hunter2" not in str(rejected.value)
