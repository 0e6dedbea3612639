"""A `v2` of this system's orders beside `v1`: everything is generated, and `v1` stays as it is."""

import json

import pytest
from google.protobuf.compiler.plugin_pb2 import CodeGeneratorRequest
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from grpc_tools import protoc

from grpc_gateway_python.generator.generator import generate as generate_gateway
from grpc_gateway_python.openapi.__main__ import generate as generate_documents
from protoc_plugin_kit.contracts import Contracts
from tests.unit.openapi_refiner.conftest import IMPORTS, ROOT, UPSTREAM, Json
from transactional_grpc.generator.__main__ import generate as generate_services

V1 = ROOT / "contracts" / "shop" / "orders" / "v1"
OPTIONS = f"name=api,upstream={UPSTREAM}"
METHODS = {"CreateOrder", "GetOrder", "ListOrders"}


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> FileDescriptorSet:
    """The contracts of orders v1, and the same as v2 below /v2."""
    folder = tmp_path_factory.mktemp("contracts")
    for path in V1.glob("*.proto"):
        text = path.read_text().replace("shop/orders/v1/", "shop/orders/v2/")
        text = text.replace("shop.orders.v1", "shop.orders.v2").replace('"/orders', '"/v2/orders')
        copy = folder / "shop" / "orders" / "v2" / path.name
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(text)
    names = [
        f"shop/orders/{version}/{path.name}"
        for path in V1.glob("*.proto")
        for version in ("v1", "v2")
    ]
    output = folder / "set.binpb"
    includes = [f"-I{path}" for path in (folder, *IMPORTS)]
    flags = ["--include_imports", "--include_source_info", f"--descriptor_set_out={output}"]
    reasons = ["rpc_contract/v1/contract.proto", "grpc_gateway_python/v1/gateway.proto"]
    assert protoc.main(["protoc", *includes, *flags, *reasons, *names]) == 0
    return FileDescriptorSet.FromString(output.read_bytes())


def contracts(image: FileDescriptorSet, *versions: str, parameter: str = "") -> Contracts:
    wanted = {f"shop/orders/{version}" for version in versions}
    files = [each.name for each in image.file if each.name.rpartition("/")[0] in wanted]
    request = CodeGeneratorRequest(
        file_to_generate=files, proto_file=image.file, parameter=parameter
    )
    return Contracts.from_request(request)


def documents(image: FileDescriptorSet, *versions: str) -> list[Json]:
    found = generate_documents(contracts(image, *versions, parameter=OPTIONS))
    return [json.loads(text) for _, text in found]


def operations(document: Json) -> dict[str, Json]:
    return {
        node["operationId"]: node for item in document["paths"].values() for node in item.values()
    }


@pytest.mark.parametrize("version", [0, 1], ids=["swagger", "openapi"])
def test_a_second_version_changes_nothing_of_the_first(
    image: FileDescriptorSet, version: int
) -> None:
    alone = documents(image, "v1")[version]
    both = documents(image, "v1", "v2")[version]
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
    tags = [each["name"] for each in both["tags"]]
    assert tags == ["OrdersService", "shop.orders.v2.OrdersService"]


def test_the_gateway_has_the_specifications_operations(image: FileDescriptorSet) -> None:
    modules = dict(generate_gateway(contracts(image, "v1", "v2")))
    text = "".join(modules.values())
    assert all(f'id="{name}"' in text for name in operations(documents(image, "v1", "v2")[0]))
    assert "OPERATIONS" in modules["shop/orders/services_gateway.py"]
    assert (
        modules["shop/orders/v1/order_service_gateway.py"]
        == dict(generate_gateway(contracts(image, "v1")))["shop/orders/v1/order_service_gateway.py"]
    )


def test_services_of_both_versions_are_generated(image: FileDescriptorSet) -> None:
    names = [name for name, _ in generate_services(contracts(image, "v1", "v2"))]
    assert {"shop/orders/v1/order_service_rpc.py", "shop/orders/v2/order_service_rpc.py"} <= set(
        names
    )
