"""The AsyncAPI document has the contact, the license and the version that a contract declares."""

import json
import re
from typing import Any

import pytest

from protoc_plugin_kit import ContractError
from transactional_events_tests.unit.generator.compiled import Generate
from transactional_events_tests.unit.generator.contract import event_file

OPTION = """
option (transactional_events.v1.document) = {
  version: "2.1.0" contact: {name: "Events" url: "https://acme.example"} license: {name: "MIT"}
};
"""


def info_of(generated: Generate, *texts: str) -> Any:
    return json.loads(generated(*texts)["asyncapi/asyncapi.json"])["info"]


def test_document_has_what_the_contract_declares(generated: Generate) -> None:
    info = info_of(generated, event_file(before=OPTION))
    assert info["contact"] == {"name": "Events", "url": "https://acme.example"}
    assert info["license"] == {"name": "MIT"}
    assert re.fullmatch(r"2\.1\.0\+[0-9a-f]{8}", info["version"])
    assert info["tags"] == [{"name": "ThingEvent", "description": 'What happened to a "thing".'}]


def test_document_of_a_contract_without_the_option_has_a_version(generated: Generate) -> None:
    info = info_of(generated, event_file())
    assert info["version"].startswith("1.0.0+")
    assert not {"contact", "license"} & info.keys()


def test_version_moves_with_an_event(generated: Generate) -> None:
    lost = event_file().replace("int64 cents = 2;", "int64 cents = 2; string place = 3;")
    assert info_of(generated, lost)["version"] != info_of(generated, event_file())["version"]


def test_two_declarations_are_an_error(generated: Generate) -> None:
    first = event_file(before=OPTION)
    second = first.replace("acme.events.v1", "acme.events.v2").replace("acme.things", "acme.more")
    second = second.replace("Thing", "Item").replace("thing", "item")
    with pytest.raises(
        ContractError, match=r"has option \(transactional_events\.v1\.document\) already"
    ):
        generated(first, second)
