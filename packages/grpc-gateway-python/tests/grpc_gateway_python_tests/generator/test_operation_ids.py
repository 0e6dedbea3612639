"""The id of an operation is the name of its method, unless methods of several services have this name."""

from pathlib import Path

from grpc_gateway_python._contracts.bindings import bindings_of
from grpc_gateway_python_tests.openapi.refined import compile_proto
from protoc_plugin_kit.contracts import Contracts

MESSAGES = "message M {} message E {}"
NAMED = (
    'option (grpc.gateway.protoc_gen_openapiv2.options.openapiv2_operation) = {operation_id: "%s"};'
)


def ids(folder: Path, text: str) -> list[str]:
    request = compile_proto(folder, f"{MESSAGES} {text}")
    return [binding.id for binding in bindings_of(Contracts.from_request(request), unbound=True)]


def service(name: str, *methods: str) -> str:
    return f"service {name} {{ {' '.join(methods)} }}"


def rpc(name: str, option: str = "") -> str:
    return f"rpc {name}(M) returns (E) {{ {option} }}"


def test_unique_method_name_is_the_id(tmp_path: Path) -> None:
    text = service("Orders", rpc("CreateOrder")) + service("Payments", rpc("TopUp"))
    assert ids(tmp_path, text) == ["CreateOrder", "TopUp"]


def test_method_name_of_two_services_has_the_service_before_it(tmp_path: Path) -> None:
    text = service("Orders", rpc("Get"), rpc("Create")) + service("Payments", rpc("Get"))
    assert ids(tmp_path, text) == ["Orders_Get", "Create", "Payments_Get"]


def test_method_name_that_another_contract_gives_as_id_has_the_service_before_it(
    tmp_path: Path,
) -> None:
    text = service("Orders", rpc("Get")) + service("Payments", rpc("Read", NAMED % "Get"))
    assert ids(tmp_path, text) == ["Orders_Get", "Get"]
