"""What a service tells people about Kafka and the registry."""

from pathlib import Path

import pytest

from embedded_stack._plan import services
from embedded_stack_tests.bookshop import TOPOLOGY, blueprint

REGISTRY = {"SCHEMA_REGISTRY_URL": "https://reader:hunter2@registry.example/v7"}
KAFKA = {"KAFKA_BOOTSTRAP_SERVERS": "kafka.example:9093"}


@pytest.mark.parametrize(
    ("login", "shown"),
    [
        ({}, "PLAINTEXT "),
        ({"KAFKA_SECURITY_PROTOCOL": "ssl"}, "SSL "),
        ({"KAFKA_SECURITY_PROTOCOL": "SASL_SSL"}, "SASL_SSL GSSAPI"),
        (
            {"KAFKA_SECURITY_PROTOCOL": "SASL_SSL", "KAFKA_SASL_MECHANISM": "SCRAM-SHA-512"},
            "SASL_SSL SCRAM-SHA-512",
        ),
        ({"KAFKA_SASL_MECHANISMS": "PLAIN"}, "PLAINTEXT "),
    ],
)
def test_external_servers_are_shown_without_passwords(
    tmp_path: Path, login: dict[str, str], shown: str
) -> None:
    secret = {"KAFKA_SASL_USERNAME": "reader", "KAFKA_SASL_PASSWORD": "hunter2"}
    plan = blueprint(tmp_path, "web", variables={**KAFKA, **REGISTRY, **login, **secret})
    web = services.command(plan.copies["web"][0], TOPOLOGY, plan.endpoints).environment
    assert web["KAFKA_SHOWN"] == f"kafka.example:9093 {shown}"
    assert web["REGISTRY_SHOWN"] == "https://registry.example/v7"
    assert "hunter2" not in "".join(web.values())


def test_the_login_of_the_embedded_broker_is_shown_without_its_password(tmp_path: Path) -> None:
    plan = blueprint(tmp_path, "web", auth=True)
    web = services.command(plan.copies["web"][0], TOPOLOGY, plan.endpoints).environment
    assert web["KAFKA_SHOWN"] == f"{plan.endpoints.kafka_bootstrap_servers} SASL_PLAINTEXT PLAIN"
    passwords = plan.endpoints.kafka_passwords.values()
    assert not any(password in value for password in passwords for value in web.values())
