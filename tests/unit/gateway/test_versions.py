"""A `v2` of this system's orders beside `v1`: everything is generated, and `v1` stays as it is."""

import json
from pathlib import Path
from typing import Any

import pytest
from google.api import annotations_pb2, field_behavior_pb2
from google.protobuf.compiler.plugin_pb2 import CodeGeneratorRequest

from buf.validate import validate_pb2
from grpc_gateway_python.generator.generator import generate as generate_gateway
from grpc_gateway_python.openapi.__main__ import generate as generate_documents
from protoc_gen_openapiv2.options import annotations_pb2 as openapiv2_pb2
from protoc_plugin_kit.contracts import Contracts
from protoc_plugin_kit.testing import compile_request
from rpc_contract.v1 import contract_pb2
from transactional_grpc.generator.__main__ import generate as generate_services

ROOT = Path(__file__).parents[3]
V1 = ROOT / "contracts" / "shop" / "orders" / "v1"
IMPORTS = [
    module.DESCRIPTOR
    for module in (
        annotations_pb2,
        contract_pb2,
        field_behavior_pb2,
        openapiv2_pb2,
        validate_pb2,
    )
]
METHODS = {"CancelOrder", "CreateOrder", "GetOrder", "ListOrders", "WatchOrder"}


@pytest.fixture(scope="module")
def both_versions(tmp_path_factory: pytest.TempPathFactory) -> CodeGeneratorRequest:
    """The contracts of orders v1, and the same as v2 below /v2."""
    files = {}
    for path in V1.glob("*.proto"):
        text = path.read_text()
        files[f"shop/orders/v1/{path.name}"] = text
        text = text.replace("shop/orders/v1/", "shop/orders/v2/")
        text = text.replace("shop.orders.v1", "shop.orders.v2").replace('"/orders', '"/v2/orders')
        files[f"shop/orders/v2/{path.name}"] = text
    return compile_request(tmp_path_factory.mktemp("contracts"), files, imports=IMPORTS)


def contracts(both_versions: CodeGeneratorRequest, *versions: str) -> Contracts:
    wanted = {f"shop/orders/{version}" for version in versions}
    names = [name for name in both_versions.file_to_generate if name.rpartition("/")[0] in wanted]
    files = both_versions.proto_file
    return Contracts.from_request(CodeGeneratorRequest(file_to_generate=names, proto_file=files))


def documents(both_versions: CodeGeneratorRequest, *versions: str) -> list[dict[str, Any]]:
    found = generate_documents(contracts(both_versions, *versions))
    return [json.loads(text) for name, text in found if name.endswith(".json")]


def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        node["operationId"]: node for item in document["paths"].values() for node in item.values()
    }


@pytest.mark.parametrize("version", [0, 1], ids=["swagger", "openapi"])
def test_a_second_version_changes_nothing_of_the_first(
    both_versions: CodeGeneratorRequest, version: int
) -> None:
    alone = documents(both_versions, "v1")[version]
    both = documents(both_versions, "v1", "v2")[version]
    of_v2 = {f"shop.orders.v2.OrdersService_{method}" for method in METHODS}
    assert set(operations(both)) == METHODS | of_v2
    for path, item in alone["paths"].items():
        for verb, node in item.items():
            assert both["paths"][path][verb] == node
    schemas = both.get("definitions") or both["components"]["schemas"]
    assert (alone.get("definitions") or alone["components"]["schemas"]).items() <= schemas.items()
    assert {"Order", "shop.orders.v2.Order"} <= schemas.keys()
    v2 = both["paths"]["/v2/orders/{order_id}"]["get"]
    assert 'shop.orders.v2.Order"' in json.dumps(v2)
    assert v2["tags"] == ["shop.orders.v2.OrdersService"]
    tags = [tag["name"] for tag in both["tags"]]
    assert tags == ["OrdersService", "shop.orders.v2.OrdersService"]


def test_the_gateway_has_the_specifications_operations(both_versions: CodeGeneratorRequest) -> None:
    modules = dict(generate_gateway(contracts(both_versions, "v1", "v2")))
    text = "".join(modules.values())
    assert all(
        f'id="{name}"' in text for name in operations(documents(both_versions, "v1", "v2")[0])
    )
    assert "OPERATIONS" in modules["shop/orders/services_gateway.py"]
    assert (
        modules["shop/orders/v1/order_service_gateway.py"]
        == dict(generate_gateway(contracts(both_versions, "v1")))[
            "shop/orders/v1/order_service_gateway.py"
        ]
    )


def test_services_of_both_versions_are_generated(both_versions: CodeGeneratorRequest) -> None:
    names = [name for name, _ in generate_services(contracts(both_versions, "v1", "v2"))]
    assert {"shop/orders/v1/order_service_rpc.py", "shop/orders/v2/order_service_rpc.py"} <= set(
        names
    )
