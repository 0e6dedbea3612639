"""What the generator makes of a contract."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

import jsonschema_rs
import pytest
from google.protobuf.compiler.plugin_pb2 import CodeGeneratorResponse

from transactional_events.documents import Connection, page
from transactional_events.registry import Import
from transactional_events_tests.unit.generator.compiled import Generate, request_for
from transactional_events_tests.unit.generator.contract import event_file

MODULE = "acme/events/v1/thing_event_kafka.py"
WELL_KNOWN = """import "google/protobuf/struct.proto";
import "google/protobuf/wrappers.proto";"""


def test_a_contract_with_a_topic_makes_these_files(generated: Generate) -> None:
    assert list(generated(event_file())) == [
        MODULE,
        "schemas/acme.things-value.proto",
        "acme/imports_kafka.py",
        "schemas/google/protobuf/timestamp.proto",
        "acme/streams_kafka.py",
        "asyncapi/asyncapi.json",
    ]


def test_a_file_without_a_topic_makes_nothing(generated: Generate) -> None:
    assert generated(event_file(topic="")) == {}


@pytest.mark.parametrize("seed", ["0", "1", "2"])
def test_output_does_not_depend_on_the_hash_seed(
    generated: Generate, tmp_path: Path, seed: str
) -> None:
    """A generator that iterates over a set writes another order in another process."""
    done = subprocess.run(
        [sys.executable, "-m", "transactional_events.generator"],
        input=request_for(tmp_path, event_file()).SerializeToString(),
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        check=True,
    )
    response = CodeGeneratorResponse.FromString(done.stdout)
    assert {file.name: file.content for file in response.file} == generated(event_file())


def test_the_module_has_a_stream_a_publisher_and_a_handler_per_event(generated: Generate) -> None:
    module = ast.parse(generated(event_file())[MODULE])
    names = [node.name for node in ast.walk(module) if isinstance(node, ast.FunctionDef)]
    handlers = [node.name for node in ast.walk(module) if isinstance(node, ast.AsyncFunctionDef)]
    [stream] = [node for node in module.body if isinstance(node, ast.AnnAssign)]

    assert names == ["publish", "thing_event_subscription"]
    assert handlers == ["on_thing_made", "on_thing_lost"]
    assert ast.unparse(stream).startswith(
        "THING_EVENTS: Final = Stream(topic='acme.things', partitions=3, "
        "retention=timedelta(seconds=60), envelope=ThingEvent, schema="
    )


def test_a_comment_with_quotes_is_a_docstring_all_the_same(generated: Generate) -> None:
    text = event_file(
        made='// A """ and a \\ in\n// two "lines"\nmessage ThingMade {\n'
        "  string thing_id = 1 [(transactional_events.v1.key) = true];\n}"
    )
    module = ast.parse(generated(text)[MODULE])
    [handler] = [
        node
        for node in ast.walk(module)
        if isinstance(node, ast.AsyncFunctionDef) and node.name == "on_thing_made"
    ]
    assert ast.get_docstring(handler) == 'It was made.\nA """ and a \\ in\ntwo "lines"'


def test_the_document_has_examples_that_fit(generated: Generate) -> None:
    document = json.loads(generated(event_file())["asyncapi/asyncapi.json"])
    messages = document["components"]["messages"]

    assert list(messages) == ["ThingMade", "ThingLost"]
    for name, message in messages.items():
        [example] = message["examples"]
        jsonschema_rs.validate(message["payload"], example["payload"])
        assert example["payload"]["event_type"] == name


def test_examples_have_ids_and_times_of_their_own_and_one_key(generated: Generate) -> None:
    document = json.loads(generated(event_file())["asyncapi/asyncapi.json"])
    made, lost = (
        message["examples"][0]["payload"] for message in document["components"]["messages"].values()
    )
    assert made["event_id"] != lost["event_id"]
    assert made["occurred_at"] < lost["occurred_at"]
    assert made["data"]["thing_id"] == lost["data"]["thing_id"]


def test_examples_of_the_contract_come_first(generated: Generate) -> None:
    made = """message ThingMade {
      string thing_id = 1 [(transactional_events.v1.key) = true];
      string colour = 2 [(buf.validate.field).string.example = "red"];
      string id = 3 [(buf.validate.field).string.uuid = true];
    }"""
    document = json.loads(generated(event_file(made=made))["asyncapi/asyncapi.json"])
    message = document["components"]["messages"]["ThingMade"]
    example = message["examples"][0]["payload"]
    assert example["data"]["colour"] == "red"
    assert UUID(example["data"]["id"]).version == UUID(example["event_id"]).version == 7
    jsonschema_rs.validate(message["payload"], example)


@pytest.mark.parametrize(
    ("field", "keywords"),
    [
        ("int32 size = 2 [{}.int32.gt = 5];", {"exclusiveMinimum": 5}),
        ("int32 size = 2 [{}.int32 = {{gte: -9, lt: -3}}];", {"minimum": -9, "exclusiveMaximum": -3}),
        ("int64 size = 2 [{}.int64 = {{gt: 0, lte: 7}}];", {"exclusiveMinimum": 0, "maximum": 7}),
        ("string size = 2 [{}.string.len = 30];", {"minLength": 30, "maxLength": 30}),
    ],
)  # fmt: skip
def test_rules_are_those_of_json_schema_and_examples_keep_them(
    generated: Generate, field: str, keywords: dict[str, int]
) -> None:
    rule = field.format("(buf.validate.field)")
    key = "string thing_id = 1 [(transactional_events.v1.key) = true];"
    items = rule.replace("2 [", "3 [").replace("size", "sizes")
    items = f"repeated {items}".replace("field).", "field).repeated.items.")
    made = f"message ThingMade {{ {key} {rule} {items} }}"
    document = json.loads(generated(event_file(made=made))["asyncapi/asyncapi.json"])
    message = document["components"]["messages"]["ThingMade"]
    properties = message["payload"]["properties"]["data"]["properties"]
    for schema in (properties["size"], properties["sizes"]["items"]):
        assert schema.items() >= keywords.items()
    payload = message["payload"] | {"$schema": "http://json-schema.org/draft-07/schema#"}
    jsonschema_rs.validate(payload, message["examples"][0]["payload"])


@pytest.mark.parametrize(
    "field",
    [
        "fixed64 size = 2;",
        "repeated sfixed64 sizes = 2;",
        "double size = 2 [{}.double = {{gt: 0, lt: 0.5}}];",
        "string size = 2 [{}.string.email = true];",
        "string size = 2 [{}.string.hostname = true];",
        "string size = 2 [{}.string.ipv4 = true];",
        "string size = 2 [{}.string.ipv6 = true];",
        "string size = 2 [{}.string.uri = true];",
        'string size = 2 [{}.string.pattern = "^[a-z]+$"];',
        "repeated string sizes = 2 [{}.repeated.min_items = 3];",
        "repeated string sizes = 2 [{}.repeated.unique = true];",
        "google.protobuf.Duration size = 2 [{}.required = true];",
        "repeated google.protobuf.Duration sizes = 2;",
        'optional string size = 2 [{}.string.pattern = "^[0-9]{{4}}$"];',
        'repeated string sizes = 2 [{}.repeated.items.string.pattern = "^[0-9]{{4}}$"];',
        'optional string size = 2 [{}.string = {{email: true, prefix: "team-"}}];',
    ],
)
def test_examples_fit_the_rules_of_their_fields(generated: Generate, field: str) -> None:
    rule = field.format("(buf.validate.field)")
    made = "string thing_id = 1 [(transactional_events.v1.key) = true];"
    made = f"message ThingMade {{ {made} {rule} }}"
    text = event_file(made=made, imports='import "google/protobuf/duration.proto";')
    document = json.loads(generated(text)["asyncapi/asyncapi.json"])
    message = document["components"]["messages"]["ThingMade"]
    payload = message["payload"] | {"$schema": "http://json-schema.org/draft-07/schema#"}
    jsonschema_rs.validate(payload, message["examples"][0]["payload"], validate_formats=True)


@pytest.mark.parametrize(
    "field",
    [
        'string size = 2 [{}.string.pattern = "^[0-9]{{4}}$"];',
        'string size = 2 [{}.string = {{email: true, prefix: "team-"}}];',
        'string size = 2 [{}.string.pattern = "^\\\\pL+$"];',
        "repeated string sizes = 2 [{}.repeated = {{min_items: 2, unique: true}}];",
        "map<string, string> sizes = 2 [{}.map.min_pairs = 1];",
        'repeated string sizes = 2 [{}.repeated = {{min_items: 1 items: {{string: {{pattern: "^[0-9]{{4}}$"}}}}}}];',
    ],
)
def test_message_has_no_example_if_none_is_known_for_a_required_field(
    generated: Generate, field: str
) -> None:
    rule = field.format("(buf.validate.field)")
    made = "string thing_id = 1 [(transactional_events.v1.key) = true];"
    text = event_file(made=f"message ThingMade {{ {made} {rule} }}")
    document = json.loads(generated(text)["asyncapi/asyncapi.json"])
    assert "examples" not in document["components"]["messages"]["ThingMade"]
    assert "examples" in document["components"]["messages"]["ThingLost"]
    assert page(document, Connection()).count('<pre tabindex="0"><code>{') == 2


def test_the_document_names_the_fields_and_types_on_the_wire(generated: Generate) -> None:
    made = """message ThingMade {
      string thing_id = 1 [(transactional_events.v1.key) = true];
      repeated string names = 2;
      map<string, int64> numbers = 3;
      google.protobuf.Struct more = 4;
    }"""
    document = json.loads(
        generated(event_file(made=made, imports=WELL_KNOWN))["asyncapi/asyncapi.json"]
    )
    message = document["components"]["messages"]["ThingMade"]["payload"]
    data = message["properties"]["data"]
    assert data["x-protobuf-field"] == "thing_made"
    types = {name: field["x-protobuf-type"] for name, field in data["properties"].items()}
    assert types == {
        "thing_id": "string",
        "names": "repeated string",
        "numbers": "map<string, int64>",
        "more": "google.protobuf.Struct",
    }


def test_messages_in_themselves_are_described_once(generated: Generate) -> None:
    made = """message ThingMade {
      string thing_id = 1 [(transactional_events.v1.key) = true];
      Part part = 2;
      google.protobuf.Struct more = 3;
      google.protobuf.Value any = 4;
      google.protobuf.StringValue name = 5;
    }
    message Part { string name = 1; repeated Part parts = 2; }"""
    files = generated(event_file(made=made, imports=WELL_KNOWN))
    document = json.loads(files["asyncapi/asyncapi.json"])
    event = document["components"]["messages"]["ThingMade"]["payload"]["properties"]["data"]
    part = event["properties"]["part"]

    assert part["properties"]["parts"]["items"] == {"type": "object", "description": "Part again."}
    assert event["properties"]["more"]["type"] == "object"
    assert "type" not in event["properties"]["any"]
    assert event["properties"]["name"]["type"] == "string"


def test_imports_of_imports_come_first_and_each_once(generated: Generate) -> None:
    files = generated(
        event_file(
            imports="".join(
                f'import "google/protobuf/{name}.proto";' for name in ("api", "type", "any")
            ),
            lost="message ThingLost {\n"
            "  string thing_id = 1 [(transactional_events.v1.key) = true];\n"
            "  google.protobuf.Api api = 2;\n  google.protobuf.Field.Kind kind = 3;\n}",
        )
    )
    module: dict[str, Any] = {}
    exec(files["acme/imports_kafka.py"], module)
    imports = [value for value in module.values() if isinstance(value, Import)]

    google = "google/protobuf"
    assert [imported.subject for imported in imports] == [
        f"{google}/{name}.proto" for name in ("source_context", "any", "type", "api", "timestamp")
    ]
    for imported in imports:
        assert imported.schema == files[f"schemas/{imported.subject}"]
        assert [f'import "{inner.subject}";' for inner in imported.imports] == [
            line for line in imported.schema.splitlines() if line.startswith("import")
        ]
    assert (
        "imports=(imports_kafka.API, imports_kafka.TIMESTAMP, imports_kafka.TYPE, )"
        in files[MODULE]
    )


def test_a_contract_needs_no_validation_rules(generated: Generate) -> None:
    text = event_file().replace('import "buf/validate/validate.proto";', "")
    assert (
        generated(text)["asyncapi/asyncapi.json"]
        == generated(event_file())["asyncapi/asyncapi.json"]
    )
