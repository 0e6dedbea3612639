"""The AsyncAPI document of a running system."""

import pytest

from transactional_events.documents import Connection, Json, connected, schema_files

REGISTRY = "https://registry.example/v7"


def test_each_broker_is_a_server_with_the_registry(document: Json) -> None:
    servers = connected(document, Connection(("a:9092", "b:9092"), REGISTRY))["servers"]
    assert {name: (server["host"], server["protocol"]) for name, server in servers.items()} == {
        "kafka": ("a:9092", "kafka"),
        "kafka-2": ("b:9092", "kafka"),
    }
    for server in servers.values():
        assert server["bindings"]["kafka"]["schemaRegistryUrl"] == REGISTRY
        assert "security" not in server


@pytest.mark.parametrize(
    ("mechanism", "scheme"),
    [("PLAIN", "plain"), ("SCRAM-SHA-256", "scramSha256"), ("SCRAM-SHA-512", "scramSha512")],
)
def test_a_login_is_a_security_scheme(document: Json, mechanism: str, scheme: str) -> None:
    filled = connected(document, Connection(("a:9092",), "", "SASL_SSL", mechanism))
    assert filled["servers"]["kafka"]["protocol"] == "kafka-secure"
    assert filled["servers"]["kafka"]["security"] == [
        {"$ref": "#/components/securitySchemes/login"}
    ]
    assert filled["components"]["securitySchemes"]["login"]["type"] == scheme
    assert "securitySchemes" not in document["components"]


def test_a_document_stays_as_it_is_when_the_brokers_are_not_known(document: Json) -> None:
    assert connected(document, Connection(schema_registry_url=REGISTRY)) == document


def test_schema_files_are_the_registered_texts(document: Json) -> None:
    [(name, text)] = schema_files(document).items()
    assert name == "thing_event.proto"
    assert text.startswith('syntax = "proto3";\n\npackage acme.events.v1;')


@pytest.mark.parametrize(
    ("connection", "field"),
    [
        ({"schema_registry_url": "https://user:secret@registry.example"}, "schema_registry_url"),
        ({"security_protocol": "SASL_SSL"}, "sasl_mechanism"),
        ({"sasl_mechanism": "PLAIN"}, "sasl_mechanism"),
    ],
)
def test_a_secret_or_a_contradiction_is_rejected(connection: dict[str, str], field: str) -> None:
    with pytest.raises(ValueError, match=field) as error:
        Connection(**connection)  # type: ignore[arg-type]
    assert "secret" not in str(error.value)
