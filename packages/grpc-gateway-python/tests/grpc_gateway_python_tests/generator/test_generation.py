"""What the plugin makes of contracts, and what it rejects, with file, line and reason."""

from pathlib import Path

import pytest

from grpc_gateway_python import transcoding
from grpc_gateway_python.generator.names import OTHERS
from grpc_gateway_python_tests.generator.plugin import generate, generate_with_protoc
from protoc_plugin_kit import ContractError

RPC = "rpc {}(Thing) returns (Thing)"
GET = 'rpc Get(Thing) returns (Thing) { option (google.api.http) = {get: "/things/{name}"}; }'

SEVERAL_SUCCESSES = (
    'rpc Do(Thing) returns (Thing) { option (google.api.http) = {get: "/a"};'
    " option (grpc.gateway.protoc_gen_openapiv2.options.openapiv2_operation) ="
    ' {responses: {key: "201" value: {}} responses: {key: "202" value: {}}}; }'
)


def rule(text: str, *, rpc: str = RPC.format("Do")) -> str:
    return f"{rpc} {{ option (google.api.http) = {{{text}}}; }}"


@pytest.mark.parametrize(
    ("method", "reason"),
    [
        (rule('get: "things"'), "a path starts with /"),
        (rule('get: "/a/{b}"'), "things.v1.Thing has no field 'b'"),
        (rule('get: "/a/{name.first}"'), "name.first: name has no fields"),
        (rule('get: "/a/{labels}"'), "a path can't hold a field of this type"),
        (rule('get: "/a/{parent}"'), "a path can't hold a field of this type"),
        (rule('post: "/a" body: "nothing"'), "has no field 'nothing'"),
        (rule('get: "/a" response_body: "nothing"'), "has no field 'nothing'"),
        (rule('body: "*"'), "has no HTTP method with a path"),
        (rule('custom: {kind: "*" path: "/a"}'), "has no HTTP method with a path"),
        (
            rule('get: "/a" additional_bindings {get: "/b" additional_bindings {get: "/c"}}'),
            "additional_bindings must not nest",
        ),
        (
            rule('post: "/a" body: "*"', rpc="rpc Do(stream Thing) returns (Thing)"),
            "streams requests",
        ),
        (SEVERAL_SUCCESSES, "declares several successes: 201, 202"),
        (f"{GET} {GET.replace('Get', 'Do')}", "its route is the route of things.v1.Things.Get too"),
    ],
)
def test_a_method_that_cannot_be_served_is_rejected_with_its_line(
    tmp_path: Path, method: str, reason: str
) -> None:
    with pytest.raises(ContractError) as rejected:
        generate(tmp_path, method)
    assert str(rejected.value).startswith("things.proto:18: things.v1.Things.Do: ")
    assert reason in str(rejected.value)


@pytest.mark.parametrize("option", ["int64=maybe", "field_names=upper", "nonsense=1", "int64"])
def test_a_wrong_option_is_named(tmp_path: Path, option: str) -> None:
    with pytest.raises(ContractError, match=option.partition("=")[0]):
        generate(tmp_path, GET, option)


def test_methods_without_a_rule_are_generated_only_with_generate_unbound(tmp_path: Path) -> None:
    assert "Bare" not in generate(tmp_path, f"{GET} rpc Bare(Thing) returns (Thing);")
    text = generate(tmp_path, f"{GET} rpc Bare(Thing) returns (Thing);", "generate_unbound=true")
    assert 'PathTemplate(("things.v1.Things", "Bare"))' in text


def test_the_declared_success_is_the_status(tmp_path: Path) -> None:
    assert "status=200" in generate(tmp_path, GET)
    created = (
        'rpc Do(Thing) returns (Thing) { option (google.api.http) = {post: "/a" body: "*"};'
        " option (grpc.gateway.protoc_gen_openapiv2.options.openapiv2_operation) ="
        ' {responses: {key: "201" value: {}} responses: {key: "409" value: {}}}; }'
    )
    assert "status=201" in generate(tmp_path, created)


def test_additional_bindings_have_the_ids_of_the_specification(tmp_path: Path) -> None:
    text = generate(tmp_path, rule('get: "/a" additional_bindings {get: "/b"}'))
    assert 'id="Do"' in text
    assert 'id="Do2"' in text


def test_no_message_takes_the_name_of_a_function_of_the_runtime() -> None:
    functions = [name for name in transcoding.__all__ if name.startswith(("read_", "write_"))]
    assert [name for name in functions if not OTHERS.fullmatch(name)] == []


def test_an_operation_id_need_not_be_a_word(tmp_path: Path) -> None:
    operation = "option (grpc.gateway.protoc_gen_openapiv2.options.openapiv2_operation) ="
    named = GET.replace("option", f'{operation} {{operation_id: "%s"}}; option')
    text = generate(tmp_path, named % "things.get-one")
    assert 'id="things.get-one"' in text
    compile(text, "things_gateway.py", "exec")


def test_an_operation_id_is_unique(tmp_path: Path) -> None:
    operation = "option (grpc.gateway.protoc_gen_openapiv2.options.openapiv2_operation) ="
    named = GET.replace("option", f'{operation} {{operation_id: "%s"}}; option')
    other = named.replace("Get(", "Do(").replace("/things/", "/a/")
    message = r"things\.proto:18: things\.v1\.Things\.Do: has the operation id get of"
    with pytest.raises(ContractError, match=message):
        generate(tmp_path, named % "get" + other % "get")
    text = generate(tmp_path, named % "GetURL" + other % "GetUrl")
    assert "_read_get_url(" in text
    assert "_read_get_url_2(" in text


def test_server_set_members_are_rejected(tmp_path: Path) -> None:
    text = generate(tmp_path, rule('post: "/a" body: "*"'))
    assert "reject_output_only(place, name)" in text


def test_field_names_are_spelled_as_the_option_says(tmp_path: Path) -> None:
    get = 'rpc Get(Thing) returns (Thing) { option (google.api.http) = {get: "/things"}; }'
    assert '"tags": list(message.tags)' in generate(tmp_path, get, "field_names=json")


def test_output_does_not_depend_on_the_hash_seed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A generator that iterates over a set writes another order in another process."""
    additional = 'get: "/a/{name}" additional_bindings {get: "/b"} additional_bindings {get: "/c"}'
    methods = GET + rule(additional) + rule('post: "/d" body: "parent"', rpc=RPC.format("Put"))
    modules = set()
    for seed in ("0", "1", "2"):
        monkeypatch.setenv("PYTHONHASHSEED", seed)
        modules.add(generate_with_protoc(tmp_path, methods))
    assert len(modules) == 1
