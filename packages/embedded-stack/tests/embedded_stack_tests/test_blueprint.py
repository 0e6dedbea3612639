from pathlib import Path

import pytest

from embedded_stack._commands import table
from embedded_stack._plan.blueprint import Blueprint
from embedded_stack._plan.settings import External, Part, Settings
from embedded_stack._supervisor.folder import Folder
from embedded_stack.testing import FREE_PORTS


def blueprint(folder: Path, *parts: Part, **external: str) -> Blueprint:
    given = External.model_validate(external)
    settings = Settings(folder=folder, ports=FREE_PORTS, external=given)
    stack = Folder(folder)
    stack.create()
    return Blueprint(settings, stack, parts)


@pytest.mark.parametrize(
    ("wanted", "started"),
    [
        ([Part.KAFKA], [Part.KAFKA]),
        ([Part.REGISTRY], [Part.POSTGRES, Part.REGISTRY]),
        ([Part.ORDERS], [Part.POSTGRES, Part.KAFKA, Part.REGISTRY, Part.ORDERS]),
        ([Part.GATEWAY], list(Part)),
    ],
)
def test_a_part_brings_those_it_needs(
    tmp_path: Path, wanted: list[Part], started: list[Part]
) -> None:
    assert blueprint(tmp_path, *wanted).parts == started


EVERYTHING = {
    "kafka_bootstrap_servers": "kafka:9092",
    "schema_registry_url": "https://registry",
    "orders_database_url": "postgresql://orders:hunter2@db:5433/orders",
    "payments_database_url": "host=db dbname=payments user=payments password=hunter2",
}


@pytest.mark.parametrize(
    ("external", "started"),
    [
        (["kafka_bootstrap_servers"], [Part.POSTGRES, Part.REGISTRY]),
        # The registry's own database keeps PostgreSQL needed, and so does the other service's.
        (["orders_database_url", "payments_database_url"], [*list(Part)[:3]]),
        (["schema_registry_url", "orders_database_url"], [Part.POSTGRES, Part.KAFKA]),
        (list(EVERYTHING), []),
    ],
)
def test_an_external_part_is_not_started(
    tmp_path: Path, external: list[str], started: list[Part]
) -> None:
    given = {name: EVERYTHING[name] for name in external}
    services = [Part.ORDERS, Part.PAYMENTS, Part.GATEWAY]
    assert blueprint(tmp_path, *services, **given).parts == [*started, *services]


def test_external_endpoints_are_used(tmp_path: Path) -> None:
    endpoints = blueprint(tmp_path, Part.GATEWAY, **EVERYTHING).endpoints

    assert endpoints.kafka_bootstrap_servers == EVERYTHING["kafka_bootstrap_servers"]
    assert endpoints.orders_database_url == EVERYTHING["orders_database_url"]
    assert endpoints.orders_owner_database_url == ""


def test_people_see_where_databases_are_but_no_password(tmp_path: Path) -> None:
    shown = table.urls(blueprint(tmp_path, Part.GATEWAY, **EVERYTHING).endpoints, list(Part))

    assert shown["orders, database"] == "postgresql://orders@db:5433/orders"
    assert shown["payments, database"] == "postgresql://payments@db:5432/payments"
    assert "hunter2" not in str(shown)
