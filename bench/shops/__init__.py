"""The shops that bench/saga.py compares, on one PostgreSQL and one Kafka."""
