from pathlib import Path

import pytest

from embedded_stack._plan import services
from embedded_stack._plan.copies import parse
from embedded_stack.errors import StackError
from embedded_stack_tests.bookshop import TOPOLOGY, blueprint

COPIES_MAX = TOPOLOGY.services["catalog"].copies_max


@pytest.mark.parametrize(
    ("text", "scale"),
    [
        ("", {}),
        ("catalog=2", {"catalog": 2}),
        ("billing=3,catalog=1", {"catalog": 1, "billing": 3}),
        (f"catalog={COPIES_MAX}", {"catalog": COPIES_MAX}),
    ],
)
def test_a_scale_is_parsed(text: str, scale: dict[str, int]) -> None:
    assert parse(text, TOPOLOGY) == scale


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("shipping=2", "shipping cannot be scaled, only catalog and billing"),
        ("web=2", "web cannot be scaled, only catalog and billing"),
        ("catalog=2,", "nothing cannot be scaled, only catalog and billing"),
        ("catalog", "catalog has no number of copies; say catalog=2"),
        ("catalog=", "catalog has no number of copies; say catalog=2"),
        ("catalog=two", "two is not a number; say catalog=2"),
        ("catalog=-1", "-1 is not a number; say catalog=2"),
        ("catalog=²", "² is not a number; say catalog=2"),
        ("catalog=0", f"there can be 1 to {COPIES_MAX} copies of catalog"),
        ("catalog=" + "9" * 9999, f"there can be 1 to {COPIES_MAX} copies of catalog"),
        ("catalog=1,catalog=2", "catalog is there twice"),
    ],
)
def test_a_wrong_scale_is_an_error_that_names_the_mistake(text: str, mistake: str) -> None:
    with pytest.raises(StackError) as error:
        parse(text, TOPOLOGY)
    assert str(error.value) == f"wrong --scale {text}: {mistake}"


def test_copies_have_their_own_names_and_ports(tmp_path: Path) -> None:
    plan = blueprint(tmp_path, "web", scale={"billing": 3})

    names = {service: [copy.name for copy in copies] for service, copies in plan.copies.items()}
    assert names == {
        "catalog": ["catalog"],
        "billing": ["billing-1", "billing-2", "billing-3"],
        "web": ["web"],
    }
    addresses = plan.endpoints.address("billing").split(",")
    assert len(set(addresses)) == 3
    assert addresses[0].endswith(f":{plan.ports['billing_port']}")
    further = {int(address.rpartition(":")[2]) for address in addresses[1:]}
    assert not further & set(plan.ports.values())


def test_a_service_that_is_not_started_cannot_be_scaled(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="billing is scaled, but not started"):
        blueprint(tmp_path, "catalog", scale={"billing": 2})


def test_a_service_gets_its_declared_settings_and_its_own_address_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    passed = {"WEB_CORS_ORIGINS": "https://shop.example", "LOG_LEVEL": "debug"}
    kept = {
        "WEB_ADDRESS": "nowhere.invalid:1",
        "WEB_BACKENDS": "{}",
        "WEB_PORT": "tcp://10.0.0.1:80",
        "WEB_SERVICE_HOST": "10.0.0.1",
        "SOMEBODYS_TOKEN": "hunter2",
    }
    for name, value in (passed | kept).items():
        monkeypatch.setenv(name, value)
    plan = blueprint(tmp_path, "web")
    web, catalog = (
        services.command(plan.copies[service][0], TOPOLOGY, plan.endpoints).environment
        for service in ("web", "catalog")
    )

    path = {"PYTHONPATH": str(TOPOLOGY.folder)}
    assert web == {
        **passed,
        **path,
        "WEB_ADDRESS": plan.copies["web"][0].address,
        "CATALOG_GRPC_ADDRESS": plan.endpoints.address("catalog"),
        "BILLING_GRPC_ADDRESS": plan.endpoints.address("billing"),
        "KAFKA_SHOWN": f"{plan.endpoints.kafka_bootstrap_servers} PLAINTEXT ",
        "REGISTRY_SHOWN": plan.endpoints.schema_registry_url,
    }
    assert catalog == {
        **path,
        "LOG_LEVEL": "debug",
        "CATALOG_DATABASE_URL": plan.endpoints.database_url("catalog"),
        "CATALOG_GRPC_ADDRESS": plan.copies["catalog"][0].address,
        "KAFKA_BOOTSTRAP_SERVERS": plan.endpoints.kafka_bootstrap_servers,
        "SCHEMA_REGISTRY_URL": plan.endpoints.schema_registry_url,
    }
