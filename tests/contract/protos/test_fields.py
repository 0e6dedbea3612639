"""The rules of the contracts' fields: no service accepts a value that its database rejects."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from google.protobuf.compiler.plugin_pb2 import CodeGeneratorRequest
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.descriptor_pb2 import FileDescriptorSet

from protoc_plugin_kit.contracts import Contracts

CONTRACTS = Path(__file__).parents[3] / "contracts"
IDS = re.compile(r"(.*_)?id")
SENT = re.compile(r".*Request\.\w+")
TOKENS = re.compile(r"(.*_)?(page_token|event_id)")
"""Page tokens and the ids of a stream's events are read by the service that made them, and no service stores them."""


def test_every_field_has_the_rules_that_its_kind_needs() -> None:
    contracts = load()
    texts = [
        field
        for file in contracts.files
        for message in file.message_types_by_name.values()
        for field in message.fields
        if field.type == FieldDescriptor.TYPE_STRING
    ]
    wrong = [
        f"contracts/{contracts.at(field.full_name)}: {missing}"
        for field in texts
        for missing in missing_rules(field, contracts)
    ]
    assert not wrong, "\n".join(wrong)


def missing_rules(field: FieldDescriptor, contracts: Contracts) -> Iterator[str]:
    rules = contracts.option(field, "buf.validate.field").string
    if IDS.fullmatch(field.name) and not TOKENS.fullmatch(field.name):
        if not rules.uuid:
            yield "an id says `uuid: true`"
    elif SENT.fullmatch(field.full_name):
        if not rules.max_len:
            yield "a text that clients send says `max_len`"
        if not TOKENS.fullmatch(field.name) and re.search(rules.pattern, "\0"):
            yield r"a text that clients send has a `pattern` without NUL, such as '^[^\\x00]*$'"


def load() -> Contracts:
    image = subprocess.run(
        ["buf", "build", CONTRACTS, "-o", "-"], check=True, capture_output=True
    ).stdout
    files = FileDescriptorSet.FromString(image).file
    ours = [file.name for file in files if file.package.startswith("shop.")]
    return Contracts.from_request(CodeGeneratorRequest(proto_file=files, file_to_generate=ours))
