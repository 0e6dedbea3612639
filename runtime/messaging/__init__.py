"""Events: from a transaction through the outbox to Kafka, and from Kafka through the inbox to a handler."""
