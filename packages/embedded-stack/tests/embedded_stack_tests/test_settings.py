import pytest

from embedded_stack._plan.settings import Ports, load
from embedded_stack.errors import StackError


def test_people_get_the_ports_they_expect(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STACK_GATEWAY_PORT", raising=False)
    assert load().ports.gateway_port == 8080


def test_each_port_is_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STACK_KAFKA_PORT", "19092")
    assert load().ports.kafka_port == 19092


@pytest.mark.parametrize("port", ["-1", "65536", "abc", "tcp://10.0.0.1:80"])
def test_a_wrong_port_is_named(monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    monkeypatch.setenv("STACK_REGISTRY_PORT", port)
    message = rf"^wrong setting STACK_REGISTRY_PORT: {port} is no port \(0 to 65535\)$"
    with pytest.raises(StackError, match=message):
        load()


def test_one_setting_takes_any_free_ports(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Ports.model_fields:
        monkeypatch.delenv(f"STACK_{name.upper()}", raising=False)
    monkeypatch.setenv("STACK_PORTS", "free")
    monkeypatch.setenv("STACK_KAFKA_PORT", "19092")
    assert load().ports.model_dump() == dict.fromkeys(Ports.model_fields, 0) | {"kafka_port": 19092}

    monkeypatch.setenv("STACK_PORTS", "any")
    with pytest.raises(StackError, match="wrong setting STACK_PORTS: any is none; it can be free"):
        load()


def test_a_misspelt_port_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STACK_GATWAY_PORT", "0")
    with pytest.raises(
        StackError, match=r"unknown setting STACK_GATWAY_PORT; .*STACK_GATEWAY_PORT"
    ):
        load()


def test_two_parts_on_one_port_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STACK_ORDERS_PORT", "8080")
    message = r"STACK_GATEWAY_PORT and STACK_ORDERS_PORT are both 8080"
    with pytest.raises(StackError, match=message):
        load()


def test_an_empty_setting_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "")
    assert load().external.kafka_bootstrap_servers is None


def test_database_urls_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORDERS_DATABASE_URL", "postgresql://orders:hunter2@db/orders")
    assert "hunter2" not in repr(load())


def test_clients_of_an_external_kafka_get_its_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_SASL_PASSWORD", "hunter2")
    monkeypatch.setenv("SCHEMA_REGISTRY_SSL_CA_LOCATION", "ca.pem")
    assert load().external.clients() == {}

    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "kafka:9092")
    assert load().external.clients() == {
        "KAFKA_BOOTSTRAP_SERVERS": "kafka:9092",
        "KAFKA_SASL_PASSWORD": "hunter2",
    }
