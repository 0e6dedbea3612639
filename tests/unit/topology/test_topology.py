"""The shop's topology fits its code: settings, upstreams, databases and modules."""

import re
from importlib.util import find_spec

import pytest
import yaml

from embedded_stack._plan.services import address_variable
from gateway.events import EventSettings
from gateway.settings import GatewaySettings, backends_of
from rpc_contract.v1 import contract_pb2
from shop.orders.v1 import order_service_pb2
from shop.payments.v1 import payment_service_pb2
from shop.services_gateway import OPERATIONS
from tests.shop_topology import ROOT, TOPOLOGY
from transactional_grpc.process import ServiceSettings
from transactional_grpc.settings import LogSettings


def test_the_gateway_finds_a_backend_for_each_operation_among_its_upstreams() -> None:
    upstreams = TOPOLOGY.services["gateway"].upstreams
    environment = {address_variable(TOPOLOGY, name): "127.0.0.1:1" for name in upstreams}
    assert backends_of(OPERATIONS, {}, environment).keys() == {
        operation.service for operation in OPERATIONS
    }


def test_the_gateway_gets_all_its_settings_except_those_that_the_stack_decides() -> None:
    passed = {
        str(field.validation_alias or f"GATEWAY_{name}".upper())
        for name, field in GatewaySettings.model_fields.items()
        if name not in ("address", "backends")
    }
    shown = {f"GATEWAY_EVENTS_{name}".upper() for name in EventSettings.model_fields}
    gateway = TOPOLOGY.services["gateway"]
    assert {*gateway.settings, *gateway.auth} == passed
    assert gateway.messaging_values.keys() == shown


def test_the_scopes_of_the_topology_are_those_of_the_contracts() -> None:
    methods = [
        method
        for module in (order_service_pb2, payment_service_pb2)
        for service in module.DESCRIPTOR.services_by_name.values()
        for method in service.methods
    ]
    rules = [method.GetOptions().Extensions[contract_pb2.method].access for method in methods]
    assert TOPOLOGY.auth
    assert set(TOPOLOGY.auth.scopes) == {rule.scope for rule in rules if rule.scope}


def test_all_processes_get_the_settings_of_the_logs_and_of_the_transport() -> None:
    prefix = LogSettings.model_config.get("env_prefix", "")
    logs = {f"{prefix}{name}".upper() for name in LogSettings.model_fields}
    assert set(TOPOLOGY.settings) == {*logs, "GRPC_TRANSPORT"}


@pytest.mark.parametrize("name", TOPOLOGY.databases)
def test_services_get_the_settings_of_their_server_that_have_no_prefix(name: str) -> None:
    service = TOPOLOGY.services[name]
    aliases = {
        str(field.validation_alias)
        for field in ServiceSettings.model_fields.values()
        if field.validation_alias
    }
    assert {*service.settings, *service.auth, *TOPOLOGY.settings} >= aliases


@pytest.mark.parametrize("service", TOPOLOGY.databases)
def test_sqlc_reads_the_migrations_that_make_the_database_of_a_service(service: str) -> None:
    declared = yaml.safe_load((ROOT / "sqlc.yaml").read_text())["sql"]
    migrations = {entry["name"]: entry["schema"] for entry in declared}
    assert migrations[service] == list(TOPOLOGY.services[service].migrations)


def test_each_module_of_the_topology_exists() -> None:
    modules = [TOPOLOGY.module(name) for name in TOPOLOGY.services]
    modules += [step.module for step in TOPOLOGY.steps]
    assert [name for name in modules if find_spec(name) is None] == []


@pytest.mark.parametrize("service", TOPOLOGY.services)
def test_the_package_names_no_service_of_the_shop(service: str) -> None:
    source = ROOT / "packages" / "embedded-stack" / "src"
    word = re.compile(rf"\b{service}\b", re.IGNORECASE)
    naming = [
        f"{path.name}: {line}"
        for path in source.rglob("*")
        if path.suffix in {".py", ".sql", ".properties"}
        for line in path.read_text().splitlines()
        if word.search(line)
    ]
    assert naming == []
