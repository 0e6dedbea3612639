"""Properties of the published documents that clients rely on."""

import json
import re
from collections.abc import Iterator

import connexion
import jsonschema_rs
import pytest
from connexion.resolver import Resolver

from grpc_gateway_python import Limits
from grpc_gateway_python._responses.error_responses import (
    BAD_REQUEST,
    ERROR_INFO,
    TYPE,
    error_response,
)
from grpc_gateway_python._responses.errors import GatewayError
from grpc_gateway_python.v1.gateway_errors import (
    body_too_large,
    deadline_exceeded,
    headers_too_large,
    not_acceptable,
    request_timeout,
    unsupported_media_type,
)
from shop.services_gateway import DOMAIN
from tests.contract.openapi.conftest import DOCUMENTS, NAMES, Json

INT32_MAX = 2**31 - 1
SAFE_INTEGER = 2**53 - 1
SHARED = {"401", "404", "406", "408", "413", "415", "429", "431", "500", "503", "504"}
ACTIONS = ("CancelOrder",)
"""Operations of POST that create nothing."""
STREAMS = ("WatchOrder",)


class Anything(Resolver):  # type: ignore[misc]  # Connexion ships no types
    """Resolves every operation: the document is under test, not the gateway."""

    def resolve_function_from_operation_id(self, operation_id: str) -> object:
        async def operation() -> None: ...

        return operation


def operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    for path, item in document["paths"].items():
        for verb, operation in item.items():
            yield path, verb, operation


def parameters(document: Json, name: str) -> list[Json]:
    return [
        parameter
        for _, _, operation in operations(document)
        for parameter in operation.get("parameters", [])
        if parameter["name"] == name
    ]


def validator(document: Json, schema: Json) -> jsonschema_rs.Draft4Validator:
    whole = {**schema, "definitions": document["definitions"]}
    return jsonschema_rs.Draft4Validator(whole, validate_formats=True)


@pytest.mark.parametrize("name", NAMES)
def test_connexion_loads_the_document(name: str) -> None:
    app = connexion.AsyncApp(__name__, specification_dir=DOCUMENTS)
    app.add_api(name, resolver=Anything(), strict_validation=True)


def test_both_documents_describe_the_same_operations(swagger: Json, openapi: Json) -> None:
    def shape(document: Json) -> list[tuple[str, str, str, list[str]]]:
        return [
            (path, verb, operation["operationId"], sorted(operation["responses"]))
            for path, verb, operation in operations(document)
        ]

    assert shape(swagger) == shape(openapi)


def test_request_examples_are_accepted(swagger: Json) -> None:
    for path, verb, operation in operations(swagger):
        for parameter in operation["parameters"]:
            if parameter["in"] == "body":
                name = parameter["schema"]["$ref"].rpartition("/")[2]
                example = swagger["definitions"][name]["example"]
                validator(swagger, parameter["schema"]).validate(example)
            elif "x-example" in parameter:
                schema = {
                    key: value
                    for key, value in parameter.items()
                    if key not in ("required", "in", "name")
                }
                validator(swagger, schema).validate(parameter["x-example"])
            else:
                assert not parameter["required"], (
                    f"{verb} {path}: {parameter['name']} has no example"
                )


def responses(document: Json) -> Iterator[tuple[str, Json]]:
    for _, _, operation in operations(document):
        for code, response in operation["responses"].items():
            shared = response.get("$ref", "").rpartition("/")[2]
            yield code, document["responses"][shared] if shared else response


def test_response_examples_match_their_schemas(swagger: Json) -> None:
    for _, response in responses(swagger):
        for example in response.get("examples", {}).values():
            validator(swagger, response["schema"]).validate(example)
        assert len(response.get("examples", {})) == ("schema" in response)


def test_every_operation_is_described(swagger: Json) -> None:
    described = {tag["name"] for tag in swagger["tags"] if tag["description"]}
    for path, verb, operation in operations(swagger):
        assert operation["summary"], f"{verb} {path}"
        assert operation["description"], f"{verb} {path}"
        assert set(operation["tags"]) <= described, f"{verb} {path}"


def test_each_operation_documents_one_success(swagger: Json) -> None:
    for path, verb, operation in operations(swagger):
        codes = [code for code in operation["responses"] if code.startswith("2")]
        creates = verb == "post" and operation["operationId"] not in ACTIONS
        # A stream of which the client has everything is 204.
        nothing = ["204"] if operation["operationId"] in STREAMS else []
        assert codes == ["201" if creates else "200", *nothing], f"{verb} {path}"


def test_successes_and_errors_keep_references(swagger: Json) -> None:
    for code, response in responses(swagger):
        if code == "204":
            continue
        target = response["schema"]["$ref"]
        assert (target == "#/definitions/Status") == (code[0] != "2")


def test_documented_errors_are_those_that_the_gateway_returns(swagger: Json) -> None:
    limits = Limits()
    errors = [
        not_acceptable(),
        request_timeout(seconds_max=limits.body_seconds_max),
        body_too_large(bytes_max=limits.body_bytes_max),
        unsupported_media_type(),
        headers_too_large(bytes_max=limits.head_bytes_max),
        deadline_exceeded(),
    ]
    documented = dict(responses(swagger))
    for error in errors:
        response = error_response(GatewayError(error), DOMAIN)
        example = documented[str(response.status)]["examples"]["application/json"]
        assert json.loads(response.body) == example


def test_every_post_takes_an_optional_idempotency_key(swagger: Json) -> None:
    posts = [operation for _, verb, operation in operations(swagger) if verb == "post"]
    keys = parameters(swagger, "Idempotency-Key")
    assert len(keys) == len(posts) == 4
    for key in keys:
        assert (key["required"], key["minLength"], key["maxLength"]) == (False, 1, 255)
        accepts = validator(swagger, {"type": "string", "pattern": key["pattern"]}).is_valid
        assert accepts("!~")
        assert not any(map(accepts, ("", " ", "a b", "é", "a\n", "\x7f")))


def test_page_sizes_have_no_upper_bound_of_their_own(swagger: Json) -> None:
    sizes = parameters(swagger, "page_size")
    assert len(sizes) == 2
    assert {(size["minimum"], size["maximum"]) for size in sizes} == {(0, INT32_MAX)}


def test_amounts_are_bounded_json_numbers(swagger: Json) -> None:
    amount = swagger["definitions"]["CreateOrderRequest"]["properties"]["amount"]
    assert (amount["type"], amount["format"]) == ("integer", "int64")
    assert (amount["minimum"], amount["maximum"]) == (1, SAFE_INTEGER)


def test_versions_of_both_documents_are_equal_and_have_a_digest(
    swagger: Json, openapi: Json
) -> None:
    assert swagger["info"]["version"] == openapi["info"]["version"]
    assert re.fullmatch(r"\d+\.\d+\.\d+\+[0-9a-f]{8}", swagger["info"]["version"])


def test_error_reasons_are_constants_and_stay_open(openapi: Json) -> None:
    schemas = openapi["components"]["schemas"]
    reason = schemas["ErrorInfo"]["properties"]["reason"]
    assert (reason["type"], "enum" in reason) == ("string", False)
    assert reason["x-schema"] == {"$ref": "#/components/schemas/ErrorInfo.Reason"}
    assert {"ORDER_NOT_FOUND", "ACCOUNT_NOT_FOUND", "TOO_MANY_REQUESTS"} <= set(
        schemas["ErrorInfo.Reason"]["enum"]
    )


def test_details_of_errors_are_told_apart_by_their_type(openapi: Json) -> None:
    detail = openapi["components"]["schemas"]["Status.Detail"]
    assert detail["discriminator"]["propertyName"] == "@type"
    mapped = detail["discriminator"]["mapping"]
    assert set(mapped) == {TYPE + ERROR_INFO, TYPE + BAD_REQUEST}
    assert sorted(mapped.values()) == sorted(option["$ref"] for option in detail["oneOf"])


def test_members_that_are_enums_are_plain_references(swagger: Json) -> None:
    assert swagger["definitions"]["Order"]["properties"]["status"] == {
        "$ref": "#/definitions/Order.Status"
    }


def test_errors_of_all_operations_are_shared(openapi: Json) -> None:
    for path, verb, operation in operations(openapi):
        # The 503 of a stream has a reason of its own beside the shared one.
        own = {"503"} if operation["operationId"] in STREAMS else set()
        for status in SHARED & operation["responses"].keys() - own:
            assert list(operation["responses"][status]) == ["$ref"], f"{verb} {path} {status}"


def test_requests_are_closed(swagger: Json) -> None:
    for _, _, operation in operations(swagger):
        for parameter in operation["parameters"]:
            if parameter["in"] == "body":
                name = parameter["schema"]["$ref"].rpartition("/")[2]
                assert swagger["definitions"][name]["additionalProperties"] is False


def test_resources_always_have_all_their_fields(swagger: Json) -> None:
    definitions = swagger["definitions"]
    assert definitions["Order"]["required"] == list(definitions["Order"]["properties"])
    assert definitions["Account"]["required"] == list(definitions["Account"]["properties"])
    absent = set(definitions["Transaction"]["properties"]) - set(
        definitions["Transaction"]["required"]
    )
    assert absent == {"reference_order_id"}


def test_response_of_create_order_links_to_the_new_order(swagger: Json) -> None:
    links = swagger["paths"]["/orders"]["post"]["responses"]["201"]["x-links"]
    assert links["GetOrder"]["parameters"] == {"order_id": "$response.body#/id"}
