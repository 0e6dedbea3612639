"""The public names of transactional-events, which other projects import."""

import importlib

import pytest

NAMES = {
    "transactional_events.commands": """
        main
    """,
    "transactional_events.dead_letters": """
        DeadLetterProducer
        ReplayError
        UndeliverableEvent
        UnknownEventError
    """,
    "transactional_events.documents": """
        Connection
        Json
        connected
        page
        schema_files
    """,
    "transactional_events.inbox": """
        InboxConsumer
        Rejected
        Subscription
        inbox_purge
    """,
    "transactional_events.kafka": """
        ANY_PARTITION
        ID
        RECORD_BYTES_MAX
        REQUEST_ID
        BatchConsumer
        Headers
        KafkaSettings
        OutgoingRecord
        Publisher
        advice
        client_properties
        error_text
        header
        headers_of
        kafka_settings
        newest_records
        variable_of
    """,
    "transactional_events.outbox": """
        Notifier
        Outbox
        listen
    """,
    "transactional_events.process": """
        NotRegisteredError
        ServiceProcess
        main
        outbox_for
        schemas_for
    """,
    "transactional_events.registry": """
        Import
        KnownSchemas
        RegistryError
        RegistrySettings
        RegistryUnavailableError
        Schema
        SchemaRegistry
        WireError
        frame
        in_order
        unframe
    """,
    "transactional_events.relay": """
        BATCH_SIZE
        Relay
    """,
    "transactional_events.streams": """
        EVENT_BYTES_MAX
        InvalidEventError
        OutgoingEvent
        OutgoingEvents
        Stream
        require_valid
    """,
    "transactional_events.topics": """
        SEGMENT
        Acl
        BrokerUnavailableError
        IncompatibleError
        SchemaState
        TopicError
        TopicState
        Topics
        as_json
        check_schemas
        create_topics
        register_schemas
        registration_acls
        service_acls
        topics_of
    """,
}
"""Module → its public names; modules that start with `_` are private."""


@pytest.mark.parametrize("module", NAMES)
def test_public_names_of_a_module_are_unchanged(module: str) -> None:
    assert sorted(importlib.import_module(module).__all__) == sorted(NAMES[module].split())
