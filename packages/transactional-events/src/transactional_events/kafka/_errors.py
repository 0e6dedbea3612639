"""Errors of brokers that are not transient, with the advice for an operator."""

from confluent_kafka import KafkaError

_LOGIN = "check KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD"

ADVICE = {
    KafkaError._AUTHENTICATION: _LOGIN,  # noqa: SLF001 - how librdkafka names its own errors
    KafkaError.SASL_AUTHENTICATION_FAILED: _LOGIN,
    KafkaError.UNSUPPORTED_SASL_MECHANISM: "check KAFKA_SASL_MECHANISM",
    KafkaError.CLUSTER_AUTHORIZATION_FAILED: "let this user write idempotently to the cluster",
    KafkaError.GROUP_AUTHORIZATION_FAILED: "let this user read the consumer group, which has the service's name",
    KafkaError.TOPIC_AUTHORIZATION_FAILED: "let this user describe, read and write the topic",
    KafkaError.UNSUPPORTED_VERSION: "use Kafka 4.0 or newer, or KAFKA_GROUP_PROTOCOL=classic",
}


def advice(error: KafkaError) -> str:
    """Returns what to do about an error; empty if it is transient."""
    # An untrusted certificate is the only TLS error that is not transient; a broker that stops causes others.
    if error.code() == KafkaError._SSL and "certificate" in error.str():  # noqa: SLF001 - likewise
        return "check KAFKA_SSL_CA_LOCATION"
    return ADVICE.get(error.code(), "")


def error_text(error: KafkaError) -> str:
    """Returns the error's text and the advice about it."""
    return ": ".join(filter(None, (" ".join(error.str().split()), advice(error))))
