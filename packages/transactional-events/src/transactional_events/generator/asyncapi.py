"""The AsyncAPI 3.0 document of all streams, for consumers of the events."""

from collections.abc import Sequence

from protoc_plugin_kit.contracts import Contracts
from transactional_events.generator.payloads import Json, Payloads, example
from transactional_events.generator.streams import ONEOF, Event, Stream

BINDING = {"bindingVersion": "0.5.0"}
HEADERS: Json = {
    "type": "object",
    "properties": {
        "ce_specversion": {"type": "string", "const": "1.0", "description": "CloudEvents'."},
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
INTRODUCTION = """\
Every record is a CloudEvent in Kafka's binary mode. Its value has Confluent's wire format: a zero \
byte, the id of the schema in the Schema Registry (4 bytes), a zero byte for the first message of \
the schema, and that message, the envelope, in Protobuf. What a schema imports is in the registry \
too, as its references. The schemas below show the same content as JSON. Each event is there at \
least once. After a crash or a freeze of a publisher a record may repeat an event, with the same \
event_id and perhaps behind newer events of its key: skip an event_id that you have seen. The first \
records of a key's events are in their order. Consumers skip event types and fields that they don't \
know: a new one is no breaking change."""


def asyncapi(contracts: Contracts, root: str, streams: Sequence[Stream]) -> Json:
    """Returns the document; `root` names the system."""
    payloads = Payloads(contracts)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": f"{root.capitalize()} events",
            "version": "1",
            "description": INTRODUCTION,
        },
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
                event.name: _message(payloads, stream, event)
                for stream in streams
                for event in stream.events
            },
            "schemas": {"Headers": HEADERS},
        },
    }


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
        "x-schema": {
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


def _message(payloads: Payloads, stream: Stream, event: Event) -> Json:
    payload = payloads.message(stream.envelope, without=ONEOF)
    payload["properties"]["event_type"]["const"] = event.name
    payload["properties"][ONEOF] = payloads.message(event.message)
    payload["required"].append(ONEOF)
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
                    "description": f"The same as {ONEOF}.{stream.key}.",
                },
                "schemaIdLocation": "payload",
                "schemaIdPayloadEncoding": "confluent",
                "schemaLookupStrategy": "TopicNameStrategy",
                **BINDING,
            }
        },
        "examples": [{"name": event.name, "payload": example(payload)}],
    }
