import pytest

from embedded_stack._plan.settings import Settings, load
from embedded_stack.errors import StackError
from embedded_stack_tests.bookshop import TOPOLOGY


def settings(**environment: str) -> Settings:
    return load(TOPOLOGY, environment)


def test_the_declared_ports_are_the_defaults() -> None:
    assert settings().ports["web_port"] == 8080


def test_each_port_has_a_setting() -> None:
    assert settings(STACK_KAFKA_PORT="19092").ports["kafka_port"] == 19092


@pytest.mark.parametrize("port", ["-1", "65536", "abc", "tcp://10.0.0.1:80"])
def test_a_wrong_port_is_an_error_that_names_setting_and_value(port: str) -> None:
    message = rf"^wrong setting STACK_REGISTRY_PORT: {port} is no port \(0 to 65535\)$"
    with pytest.raises(StackError, match=message):
        settings(STACK_REGISTRY_PORT=port)


def test_one_setting_takes_any_free_ports() -> None:
    ports = settings(STACK_PORTS="free", STACK_KAFKA_PORT="19092").ports
    assert ports == dict.fromkeys(TOPOLOGY.ports, 0) | {"kafka_port": 19092}

    with pytest.raises(StackError, match="wrong setting STACK_PORTS: any is none; it can be free"):
        settings(STACK_PORTS="any")


def test_a_misspelled_port_is_an_error_that_names_the_known_ones() -> None:
    with pytest.raises(StackError, match=r"unknown setting STACK_WBE_PORT; .*STACK_WEB_PORT"):
        settings(STACK_WBE_PORT="0")


def test_two_parts_on_one_port_are_an_error_that_names_both() -> None:
    message = r"STACK_(WEB|CATALOG)_PORT and STACK_(WEB|CATALOG)_PORT are both 8080"
    with pytest.raises(StackError, match=message):
        settings(STACK_CATALOG_PORT="8080")


def test_an_empty_setting_counts_as_missing() -> None:
    given = settings(KAFKA_BOOTSTRAP_SERVERS="", STACK_FOLDER="")
    assert given.external.kafka_bootstrap_servers is None
    assert given.folder == TOPOLOGY.folder / ".stack"


def test_the_representation_of_settings_has_no_password() -> None:
    url = "postgresql://catalog:hunter2@db/catalog"
    given = settings(CATALOG_DATABASE_URL=url)
    assert given.external.database("catalog") == (url, "")
    assert "hunter2" not in repr(given)


def test_clients_of_an_external_kafka_get_its_settings() -> None:
    clients = {
        "KAFKA_SASL_PASSWORD": "hunter2",
        "SCHEMA_REGISTRY_SSL_CA_LOCATION": "ca.pem",
    }
    assert settings(**clients).external.clients == {}

    external = settings(**clients, KAFKA_BOOTSTRAP_SERVERS="kafka:9092").external
    assert external.clients == {
        "KAFKA_BOOTSTRAP_SERVERS": "kafka:9092",
        "KAFKA_SASL_PASSWORD": "hunter2",
    }
