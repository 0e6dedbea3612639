"""A response 201 has the Location of the created resource, which an operation reads by its fields."""

from pathlib import Path

import pytest

from grpc_gateway_python_tests.generator.plugin import generate

CREATED = (
    " option (grpc.gateway.protoc_gen_openapiv2.options.openapiv2_operation) ="
    ' {responses: {key: "201" value: {description: "Made."}}};'
)


def create(path: str, more: str = CREATED) -> str:
    return f'rpc Create(Thing) returns (Thing) {{ option (google.api.http) = {{post: "{path}" body: "*"}};{more} }}'


def get(path: str, verb: str = "get", response: str = "Thing") -> str:
    body = 'body: "*"' if verb == "post" else ""
    return f'rpc Get(Thing) returns ({response}) {{ option (google.api.http) = {{{verb}: "{path}" {body}}}; }}'


@pytest.mark.parametrize(
    ("created", "read", "location"),
    [
        ("/things", "/things/{name}", 'f"things/{path_segment(message.name)}"'),
        ("/v1/shops/{etag}/things", "/v1/things/{name}", 'f"../../../v1/things/{path_segment(message.name)}"'),
        ("/things", "/{name=things/*}", 'f"{path_segments(message.name)}"'),
        ("/things:make", "/things/{name}/{etag}:show", 'f"things/{path_segment(message.name)}/{path_segment(message.etag)}:show"'),
    ],
)  # fmt: skip
def test_location_is_relative_to_the_url_of_the_request(
    tmp_path: Path, created: str, read: str, location: str
) -> None:
    text = generate(tmp_path, create(created) + get(read))
    assert f"    return {location}\n" in text
    assert "locate=_locate_create" in text


@pytest.mark.parametrize(
    "methods",
    [
        create("/things", more="") + get("/things/{name}"),
        create("/things") + get("/things/{name}", verb="post"),
        create("/things") + get("/things/{name}", response="stream Thing"),
        create("/things") + get("/things/{parent.name}"),
        create("/things") + get("/things/*"),
        create("/{name=**}") + get("/things/{name}"),
    ],
    ids=["not created", "no GET", "a stream", "a field of another message", "a wildcard", "any path"],
)  # fmt: skip
def test_response_without_a_route_to_its_resource_has_no_location(
    tmp_path: Path, methods: str
) -> None:
    assert "locate=" not in generate(tmp_path, methods)
