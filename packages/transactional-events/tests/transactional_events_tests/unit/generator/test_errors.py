"""What an event contract may not say, and where the message points."""

import re

import pytest

from protoc_plugin_kit.contracts import ContractError
from transactional_events_tests.unit.generator.compiled import Generate
from transactional_events_tests.unit.generator.contract import (
    DATA,
    LOST,
    MADE,
    METADATA,
    TOPIC,
    event_file,
)

WRONG = {
    "acme.events.v1.ThingEvent: (transactional_events.v1.topic).name is missing": event_file(
        topic=TOPIC.replace('name: "acme.things"', "")
    ),
    "acme.events.v1.ThingEvent: (transactional_events.v1.topic).partitions is missing": event_file(
        topic=TOPIC.replace("partitions: 3", "")
    ),
    "acme.events.v1.ThingEvent: (transactional_events.v1.topic).retention is missing": event_file(
        topic=TOPIC.replace("retention: {seconds: 60}", "")
    ),
    "acme/events/v1/thing_event.proto: one message has (transactional_events.v1.topic), and it is the "
    "first": event_file(before="message First { string id = 1; }"),
    "acme.events.v1.ThingEvent: an envelope has a string event_id": event_file(
        metadata=METADATA.replace("string event_id", "bytes event_id")
    ),
    "acme.events.v1.ThingEvent: an envelope has a string event_type": event_file(
        metadata=METADATA.replace("event_type", "kind")
    ),
    "acme.events.v1.ThingEvent: an envelope has a google.protobuf.Timestamp occurred_at": (
        event_file(metadata=METADATA.replace("google.protobuf.Timestamp occurred_at", "int64 at"))
    ),
    "acme.events.v1.ThingEvent: an envelope has a `oneof data`": event_file(
        data=DATA.replace("oneof data", "oneof what")
    ),
    "acme.events.v1.ThingEvent.thing_lost: an event is a message of the same file": event_file(
        data=DATA.replace("ThingLost thing_lost", "string thing_lost")
    ),
    "acme.events.v1.ThingLost: an event has one string field with (transactional_events.v1.key)": (
        event_file(lost="message ThingLost { string thing_id = 1; }")
    ),
    "acme.events.v1.ThingLost: an event is a member of ThingEvent's `oneof data`": event_file(
        data=DATA.replace("ThingLost thing_lost = 5;", "")
    ),
    "acme.events.v1.ThingEvent: the key of its events has one name, not several (id, thing_id)": (
        event_file(lost=LOST.replace("thing_id", "id"))
    ),
    "acme/events/v1/thing_event.proto: status is a google.rpc.Status of "
    "google/rpc/status.proto, and an event file uses its own types": event_file(
        imports='import "google/rpc/status.proto";',
        lost=LOST.replace("int64 cents", "google.rpc.Status status"),
    ),
    "acme/events/v1/thing_event.proto: code is a google.rpc.Code of "
    "google/rpc/code.proto, and an event file uses its own types": event_file(
        imports='import "google/rpc/code.proto";',
        lost=LOST.replace("int64 cents", "google.rpc.Code code"),
    ),
    "acme.events.v1.ThingEvent: (transactional_events.v1.topic): at least one partition": (
        event_file(topic=TOPIC.replace("partitions: 3", "partitions: -3"))
    ),
    "acme.events.v1.ThingEvent: (transactional_events.v1.topic): at least one partition and one": (
        event_file(topic=TOPIC.replace("seconds: 60", "nanos: 60"))
    ),
    "acme.events.v1.ThingEvent: (transactional_events.v1.topic).name: a topic has up to 249 letters": (
        event_file(topic=TOPIC.replace("acme.things", "../acme things"))
    ),
    "acme.events.v1.ThingEvent: an envelope has a string": event_file(
        metadata=METADATA.replace("string event_id", "repeated string event_id")
    ),
    "acme.events.v1.ThingMade: an event has one string field with (transactional_events.v1.key)": (
        event_file(made=MADE.replace("string thing_id", "repeated string thing_id"))
    ),
    "acme.events.v1.ThingEvent: Python cannot read a key of the name from": event_file(
        made=MADE.replace("thing_id", "from"), lost=LOST.replace("thing_id", "from")
    ),
    "acme.events.v1.Any: the generated module needs the name Any": event_file(
        data=DATA.replace("ThingLost", "Any"), lost=LOST.replace("ThingLost", "Any")
    ),
    "acme.events.v1.None: the generated module needs the name None": event_file(
        data=DATA.replace("ThingLost", "None"), lost=LOST.replace("ThingLost", "None")
    ),
    "acme.events.v1.THINGMade: the name on_thing_made is already that of": event_file(
        data=DATA.replace("ThingLost", "THINGMade"), lost=LOST.replace("ThingLost", "THINGMade")
    ),
    "google/protobuf/descriptor.proto: a file that is registered is proto3": event_file(
        imports='import "google/protobuf/descriptor.proto";',
        lost=LOST.replace("int64 cents", "google.protobuf.FileDescriptorProto file"),
    ),
}


@pytest.mark.parametrize("complaint", WRONG)
def test_a_contract_is_rejected(generated: Generate, complaint: str) -> None:
    with pytest.raises(ContractError) as rejected:
        generated(WRONG[complaint])
    # Before the name of what has a line of its own stands that line.
    assert re.sub(r"^\S+\.proto:\d+: ", "", str(rejected.value)).startswith(complaint)


def test_the_error_names_the_line(generated: Generate) -> None:
    wrong = event_file(data=DATA.replace("ThingLost thing_lost", "string thing_lost"))
    line = next(number for number, text in enumerate(wrong.splitlines(), 1) if "thing_lost" in text)
    with pytest.raises(ContractError, match=f"^acme/events/v1/thing_event.proto:{line}: acme"):
        generated(wrong)


@pytest.mark.parametrize(
    ("first", "second", "complaint"),
    [
        (
            "ThingEvent",
            {"topic": TOPIC.replace("things", "more")},
            "the name THING_EVENTS is already that of",
        ),
        ("FirstEvent", {}, "the topic acme.things is already that of"),
        (
            "FirstEvent",
            {"topic": TOPIC.replace("things", "more")},
            "the name on_thing_made is already that of",
        ),
    ],
)
def test_two_streams_have_names_of_their_own(
    generated: Generate, first: str, second: dict[str, str], complaint: str
) -> None:
    """Else the tuple of all streams, and the document, have only one of them."""
    texts = (
        event_file().replace("ThingEvent", first),
        event_file(**second).replace("acme.events.v1", "acme.events.v2"),
    )
    with pytest.raises(ContractError, match=re.escape(complaint)) as rejected:
        generated(*texts)
    assert str(rejected.value).startswith("acme/events/v2/thing_event.proto:")
    assert "acme/events/v1/thing_event.proto:" in str(rejected.value)
