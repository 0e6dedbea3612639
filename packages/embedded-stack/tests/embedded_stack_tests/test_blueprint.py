from pathlib import Path

import pytest

from embedded_stack._commands import table
from embedded_stack.errors import StackError
from embedded_stack_tests.bookshop import TOPOLOGY, blueprint


@pytest.mark.parametrize(
    ("wanted", "started"),
    [
        (["kafka"], ["kafka"]),
        (["registry"], ["postgres", "registry"]),
        (["catalog"], ["postgres", "kafka", "registry", "catalog"]),
        (["web"], [part for part in TOPOLOGY.parts if part != "issuer"]),
    ],
)
def test_a_part_starts_with_the_parts_that_it_needs(
    tmp_path: Path, wanted: list[str], started: list[str]
) -> None:
    assert blueprint(tmp_path, *wanted).parts == started


def test_an_unknown_part_is_named_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(StackError) as error:
        blueprint(tmp_path, "shipping")
    assert str(error.value) == (
        "there is no part shipping; there are postgres, kafka, registry, issuer, catalog, billing, web"
    )


EVERYTHING = {
    "KAFKA_BOOTSTRAP_SERVERS": "kafka:9092",
    "SCHEMA_REGISTRY_URL": "https://registry",
    "CATALOG_DATABASE_URL": "postgresql://catalog:hunter2@db:5433/catalog",
    "BILLING_DATABASE_URL": "host=db dbname=billing user=billing password=hunter2",
}


@pytest.mark.parametrize(
    ("external", "started"),
    [
        (["KAFKA_BOOTSTRAP_SERVERS"], ["postgres", "registry"]),
        # PostgreSQL is still needed: by the registry's own database, or by the other service's.
        (["CATALOG_DATABASE_URL", "BILLING_DATABASE_URL"], ["postgres", "kafka", "registry"]),
        (["SCHEMA_REGISTRY_URL", "CATALOG_DATABASE_URL"], ["postgres", "kafka"]),
        (list(EVERYTHING), []),
    ],
)
def test_an_external_server_is_not_started(
    tmp_path: Path, external: list[str], started: list[str]
) -> None:
    variables = {name: EVERYTHING[name] for name in external}
    services = ["catalog", "billing", "web"]
    assert blueprint(tmp_path, *services, variables=variables).parts == [*started, *services]


def test_external_endpoints_are_used(tmp_path: Path) -> None:
    endpoints = blueprint(tmp_path, "web", variables=EVERYTHING).endpoints

    assert endpoints.kafka_bootstrap_servers == EVERYTHING["KAFKA_BOOTSTRAP_SERVERS"]
    assert endpoints.database_url("catalog") == EVERYTHING["CATALOG_DATABASE_URL"]
    assert endpoints.owner_database_url("catalog") == ""


def test_the_table_of_addresses_shows_databases_without_passwords(tmp_path: Path) -> None:
    endpoints = blueprint(tmp_path, "web", variables=EVERYTHING).endpoints
    shown = table.urls(TOPOLOGY, endpoints, TOPOLOGY.parts)

    assert shown["catalog, database"] == "postgresql://catalog@db:5433/catalog"
    assert shown["billing, database"] == "postgresql://billing@db:5432/billing"
    assert "hunter2" not in str(shown)
    assert shown["documentation"] == f"{endpoints.url('web')}/docs"


def test_parts_stop_before_the_parts_that_they_need() -> None:
    groups = [set(group) for group in TOPOLOGY.stop_order]
    assert groups == [
        {"web"},
        {"catalog", "billing"},
        {"registry"},
        {"kafka", "postgres", "issuer"},
    ]
