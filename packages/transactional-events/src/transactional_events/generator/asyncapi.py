"""The AsyncAPI 3.0 document of all streams, for consumers of the events."""

from collections.abc import Sequence

from protoc_plugin_kit.contracts import Contracts
from protoc_plugin_kit.versions import version_of_content
from transactional_events.generator.document_info import document_info
from transactional_events.generator.examples import MISSING, Examples
from transactional_events.generator.payloads import Json, Payloads
from transactional_events.generator.streams import ONEOF, Event, Stream

BINDING = {"bindingVersion": "0.5.0"}
HEADERS: Json = {
    "type": "object",
    "properties": {
        "ce_specversion": {
            "type": "string",
            "const": "1.0",
            "description": "The version of CloudEvents.",
        },
        "ce_id": {"type": "string", "format": "uuid", "description": "The event's id."},
        "ce_source": {"type": "string", "description": "The topic, after a slash."},
        "ce_type": {"type": "string", "description": "The full name of the event's message."},
        "ce_time": {"type": "string", "format": "date-time", "description": "When it happened."},
        "content-type": {
            "type": "string",
            "const": "application/protobuf",
            "description": "What the value holds, behind its schema id.",
        },
        "x-request-id": {
            "type": "string",
            "description": "The request that caused the event, where it is known.",
        },
    },
    "required": ["ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time", "content-type"],
}


def asyncapi(contracts: Contracts, root: str, streams: Sequence[Stream]) -> Json:
    """Returns the document; `root` names the system."""
    example = streams[0].events[0]
    payloads, examples = Payloads(contracts), Examples()
    info = {
        "title": f"{root.capitalize()} events",
        "description": _introduction(example.field, example.name),
        **document_info(contracts, streams),
    }
    document = {
        "asyncapi": "3.0.0",
        "info": info,
        "defaultContentType": "application/protobuf",
        "servers": {
            "kafka": {
                "host": "{bootstrap_servers}",
                "protocol": "kafka",
                "description": "The brokers.",
                "variables": {"bootstrap_servers": {"default": "127.0.0.1:9092"}},
            }
        },
        "channels": {stream.function: _channel(stream) for stream in streams},
        "operations": {f"send_{stream.function}": _operation(stream) for stream in streams},
        "components": {
            "messages": {
                event.name: _message(payloads, examples, stream, event)
                for stream in streams
                for event in stream.events
            },
            "schemas": {"Headers": HEADERS},
        },
    }
    return document | {"info": info | {"version": version_of_content(info["version"], document)}}


def _introduction(field: str, event: str) -> str:
    """Returns what holds for all records; a field of an envelope and its event are the example."""
    return f"""\
Every record is a CloudEvent in Kafka's binary mode.

- **Value:** Confluent's wire format. A zero byte (the magic byte), the id of the schema in the Schema Registry \
(4 bytes, big-endian), a zero byte (the message index: the first message of the schema), and that message, the \
envelope, in Protobuf.
- **Schema:** registered as the subject `<topic>-value`. What it imports is registered, too, as its references.
- **Names:** the envelope has a field for each type of event, such as `{field}` for `{event}`, in \
`oneof data`. The JSON of this document calls it `data`, whatever its type.
- **Key:** a field of the event, the same in all events of a topic. Events with the same key are in the same partition.
- **Order:** the events of a key are in the order in which they were committed, as far as their first records go.
- **Delivery:** each event is there at least once. After a crash or a freeze of a publisher, a record may repeat an \
event, with the same `event_id` and perhaps behind newer events of its key: skip an `event_id` that you have seen.
- **Dead letters:** `<topic>.dlq` has the records that a service of this system couldn't handle, for its operators. \
It says nothing about other consumers, who keep their own.
- **Changes:** new types of events and new fields may appear at any time: skip those that you don't know. Fields are \
never renumbered, and keep their types."""


def _channel(stream: Stream) -> Json:
    return {
        "address": stream.topic,
        "title": stream.envelope.name,
        "description": stream.comment,
        "messages": {
            event.name: {"$ref": f"#/components/messages/{event.name}"} for event in stream.events
        },
        "bindings": {
            "kafka": {
                "topic": stream.topic,
                "partitions": stream.partitions,
                "topicConfiguration": {
                    "cleanup.policy": ["delete"],
                    "retention.ms": stream.retention_seconds * 1000,
                },
                **BINDING,
            }
        },
        "x-dead-letter-topic": stream.dead_letter_topic,
        "x-schema": {
            "file": f"{stream.function}.proto",
            "subject": stream.subject,
            "message": stream.envelope.full_name,
            "imports": [file.path for file in stream.imports],
            "text": stream.schema,
        },
    }


def _operation(stream: Stream) -> Json:
    channel = f"#/channels/{stream.function}"
    return {
        "action": "send",
        "channel": {"$ref": channel},
        "summary": stream.comment,
        "description": f"Every event of {stream.topic}, in the order of its key.",
        "messages": [{"$ref": f"{channel}/messages/{event.name}"} for event in stream.events],
    }


def _message(payloads: Payloads, examples: Examples, stream: Stream, event: Event) -> Json:
    payload = payloads.message(stream.envelope, without=ONEOF)
    payload["properties"]["event_type"]["const"] = event.name
    payload["properties"][ONEOF] = {
        **payloads.message(event.message),
        "x-protobuf-type": event.message.full_name,
        "x-protobuf-field": event.field,
    }
    payload["required"].append(ONEOF)
    example = examples.event(payload)
    shown = {} if example is MISSING else {"examples": [{"name": event.name, "payload": example}]}
    return {
        "name": event.name,
        "title": event.name,
        "summary": event.comment.partition("\n")[0],
        "description": event.comment,
        "headers": {"$ref": "#/components/schemas/Headers"},
        "payload": payload,
        "bindings": {
            "kafka": {
                "key": {
                    "type": "string",
                    "description": f"The same as `{ONEOF}.{stream.key}`.",
                },
                "schemaIdLocation": "payload",
                "schemaIdPayloadEncoding": "confluent",
                "schemaLookupStrategy": "TopicNameStrategy",
                **BINDING,
            }
        },
        **shown,
    }
