"""Kafka clients for asyncio, their settings and their errors."""

from transactional_events.kafka._consumer import BatchConsumer
from transactional_events.kafka._errors import advice, error_text
from transactional_events.kafka._headers import ID, REQUEST_ID, Headers, header, headers_of
from transactional_events.kafka._outgoing import ANY_PARTITION, OutgoingRecord
from transactional_events.kafka._publisher import RECORD_BYTES_MAX, Publisher
from transactional_events.kafka._reading import newest_records
from transactional_events.kafka._settings import (
    KafkaSettings,
    client_properties,
    kafka_settings,
    variable_of,
)

__all__ = [
    "ANY_PARTITION",
    "ID",
    "RECORD_BYTES_MAX",
    "REQUEST_ID",
    "BatchConsumer",
    "Headers",
    "KafkaSettings",
    "OutgoingRecord",
    "Publisher",
    "advice",
    "client_properties",
    "error_text",
    "header",
    "headers_of",
    "kafka_settings",
    "newest_records",
    "variable_of",
]
