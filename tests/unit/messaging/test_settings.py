"""Every KAFKA_ variable is a property of the Kafka clients."""

import pytest

from runtime.messaging.settings import KafkaSettings, client_properties, kafka_settings
from runtime.messaging.topics import Topics
from runtime.settings import SettingsError


def test_variables_become_properties(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "a:1,b:2")
    monkeypatch.setenv("KAFKA_SECURITY_PROTOCOL", "SASL_SSL")
    monkeypatch.setenv("KAFKA_SASL_PASSWORD", "hush")
    settings = kafka_settings()
    assert client_properties(settings) == {
        "bootstrap.servers": "a:1,b:2",
        "security.protocol": "SASL_SSL",
        "sasl.password": "hush",
    }
    assert "hush" not in repr(settings)


def test_the_brokers_are_required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KAFKA_BOOTSTRAP_SERVERS", raising=False)
    with pytest.raises(SettingsError, match="KAFKA_BOOTSTRAP_SERVERS: Field required"):
        kafka_settings()


def test_a_property_that_does_not_exist_is_named() -> None:
    settings = KafkaSettings.model_validate(
        {"bootstrap_servers": "a:1", "properties": {"no.such": "x"}}
    )
    with pytest.raises(SettingsError, match=r'a KAFKA_ setting is wrong: .*"no\.such"'):
        Topics(settings)
