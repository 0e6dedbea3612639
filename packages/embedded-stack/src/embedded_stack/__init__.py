"""PostgreSQL, Kafka, a schema registry and services on one machine."""
