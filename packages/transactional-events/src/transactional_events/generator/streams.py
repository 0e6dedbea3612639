"""Event streams, as the generated modules and documents need them."""

from dataclasses import dataclass

import inflection
from google.protobuf.descriptor import Descriptor, FieldDescriptor, FileDescriptor, OneofDescriptor

from protoc_plugin_kit.contracts import ContractError, Contracts
from protoc_plugin_kit.modules import pb2_module
from transactional_events.generator.imports import Import
from transactional_events.generator.schema_text import schema_text

TOPIC_OPTION = "transactional_events.v1.topic"
KEY_OPTION = "transactional_events.v1.key"
OPTIONS_FILE = "transactional_events/v1/options.proto"
ONEOF = "data"
METADATA = {
    "event_id": (FieldDescriptor.TYPE_STRING, None),
    "event_type": (FieldDescriptor.TYPE_STRING, None),
    "occurred_at": (FieldDescriptor.TYPE_MESSAGE, "google.protobuf.Timestamp"),
}
"""What every envelope has beside its `oneof data`: field → its type."""


@dataclass(frozen=True)
class Event:
    """One kind of event."""

    message: Descriptor
    field: str
    """The envelope's field that carries it."""
    comment: str

    @property
    def name(self) -> str:
        """The event's type."""
        return self.message.name

    @property
    def handler(self) -> str:
        """The name of the method that people write."""
        return f"on_{inflection.underscore(self.name)}"


@dataclass(frozen=True)
class Stream:
    """The events of one topic."""

    envelope: Descriptor
    comment: str
    topic: str
    partitions: int
    retention_seconds: int
    key: str
    """The field of every event whose value is the Kafka key."""
    events: tuple[Event, ...]
    schema: str
    imports: tuple[Import, ...]

    @property
    def constant(self) -> str:
        """The name of the generated constant."""
        return inflection.pluralize(inflection.underscore(self.envelope.name)).upper()

    @property
    def function(self) -> str:
        """The prefix of the generated functions."""
        return inflection.underscore(self.envelope.name)

    @property
    def subject(self) -> str:
        """The schema's subject, by Confluent's topic name strategy."""
        return f"{self.topic}-value"

    @property
    def dead_letter_topic(self) -> str:
        """The topic of the records that consumers of this library can't handle."""
        return f"{self.topic}.dlq"

    @property
    def module(self) -> str:
        """The module of the messages."""
        return pb2_module(self.envelope.file)


def stream_of(contracts: Contracts, file: FileDescriptor) -> Stream | None:
    """Returns the stream that a file defines, None when it defines none.

    Raises:
        ContractError: the contract lacks something; the text names the place.
    """
    if OPTIONS_FILE not in {dependency.name for dependency in file.dependencies}:
        return None
    messages = list(file.message_types_by_name.values())
    envelopes = [
        message for message in messages if contracts.option(message, TOPIC_OPTION).ByteSize()
    ]
    if not envelopes:
        return None
    if envelopes != messages[:1]:
        raise ContractError(
            f"{file.name}: one message has ({TOPIC_OPTION}), and it is the first: "
            "many clients read the first message of a schema only"
        )
    envelope = envelopes[0]
    place = contracts.at(envelope.full_name)
    topic = contracts.option(envelope, TOPIC_OPTION)
    for name in ("name", "partitions", "retention"):
        if not topic.HasField(name) if name == "retention" else not getattr(topic, name):
            raise ContractError(f"{place}: ({TOPIC_OPTION}).{name} is missing")
    if topic.partitions < 1 or topic.retention.seconds < 1:
        raise ContractError(
            f"{place}: ({TOPIC_OPTION}): at least one partition and one second of retention"
        )
    members = _members(contracts, envelope)
    for message in messages[1:]:
        if message not in members and _keys(contracts, message):
            raise ContractError(
                f"{contracts.at(message.full_name)}: "
                f"an event is a member of {envelope.name}'s `oneof {ONEOF}`"
            )
    return Stream(
        envelope=envelope,
        comment=contracts.comments.get(envelope.full_name, envelope.name),
        topic=topic.name,
        partitions=topic.partitions,
        retention_seconds=topic.retention.seconds,
        key=_key(contracts, envelope, members),
        events=tuple(
            Event(member, field.name, contracts.comments.get(member.full_name, member.name))
            for field, member in zip(envelope.oneofs_by_name[ONEOF].fields, members, strict=True)
        ),
        schema=schema_text(file),
        imports=Import.of(file),
    )


def _members(contracts: Contracts, envelope: Descriptor) -> list[Descriptor]:
    place = contracts.at(envelope.full_name)
    for name, (kind, message) in METADATA.items():
        field = envelope.fields_by_name.get(name)
        found = field and field.message_type and field.message_type.full_name
        if field is None or field.type != kind or found != message or field.is_repeated:
            wanted = message or "string"
            raise ContractError(f"{place}: an envelope has a {wanted} {name}")
    oneof: OneofDescriptor | None = envelope.oneofs_by_name.get(ONEOF)
    if oneof is None:
        raise ContractError(f"{place}: an envelope has a `oneof {ONEOF}`")
    members = []
    for field in oneof.fields:
        member = field.message_type
        if member is None or member.file != envelope.file or member.containing_type:
            raise ContractError(
                f"{contracts.at(field.full_name)}: an event is a message of the same file"
            )
        members.append(member)
    return members


def _key(contracts: Contracts, envelope: Descriptor, members: list[Descriptor]) -> str:
    keys = set()
    for message in members:
        marked = _keys(contracts, message)
        is_one = len(marked) == 1 and not marked[0].is_repeated
        if not is_one or marked[0].type != FieldDescriptor.TYPE_STRING:
            found = ", ".join(field.name for field in marked) or "none"
            raise ContractError(
                f"{contracts.at(message.full_name)}: an event has one string field with ({KEY_OPTION}), "
                f"this one has: {found}"
            )
        keys.add(marked[0].name)
    if len(keys) != 1:
        names = ", ".join(sorted(keys))
        place = contracts.at(envelope.full_name)
        raise ContractError(f"{place}: the key of its events has one name, not several ({names})")
    return str(keys.pop())


def _keys(contracts: Contracts, message: Descriptor) -> list[FieldDescriptor]:
    return [field for field in message.fields if contracts.option(field, KEY_OPTION)]
