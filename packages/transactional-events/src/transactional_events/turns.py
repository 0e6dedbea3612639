"""The pause between two batches of a relay or a consumer, or between two NOTIFYs, which lets batches grow under load.

A batch costs requests and statements, however few events it has. After a quiet time the pause is over already, so an
event waits for nothing.
"""

TURN_SECONDS_PER_EVENT = 0.004
TURN_SECONDS_MAX = 0.1
"""Reached at 250 events per second and more. Kafka handles a request per partition in each turn, even for one event."""


def turn_seconds(count: int) -> float:
    """Returns how long after the begin of a batch the next one begins, by the number of events in the batch."""
    return min(TURN_SECONDS_MAX, count * TURN_SECONDS_PER_EVENT)
