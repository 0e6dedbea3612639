"""What the generator makes of a contract."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from google.protobuf.compiler.plugin_pb2 import CodeGeneratorResponse

from transactional_events.registry import Import
from transactional_events_tests.unit.generator.compiled import Generate, request_for
from transactional_events_tests.unit.generator.contract import event_file

MODULE = "acme/events/v1/thing_event_kafka.py"
WELL_KNOWN = """import "google/protobuf/struct.proto";
import "google/protobuf/wrappers.proto";"""


def test_the_files(generated: Generate) -> None:
    assert list(generated(event_file())) == [
        MODULE,
        "schemas/acme.things-value.proto",
        "acme/imports_kafka.py",
        "schemas/google/protobuf/timestamp.proto",
        "acme/streams_kafka.py",
        "asyncapi/asyncapi.json",
        "asyncapi/events.html",
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


def test_the_page_shows_commonmark_and_no_html_of_a_comment(generated: Generate) -> None:
    made = """// Look at `thing_id`, not at <script>alert(1)</script>.
    message ThingMade { string thing_id = 1 [(transactional_events.v1.key) = true]; }"""
    page = generated(event_file(made=made))["asyncapi/events.html"]
    assert "Look at <code>thing_id</code>, not at &lt;script&gt;alert(1)&lt;/script&gt;" in page


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
