"""What the broker may still deliver, the inbox must still know: else an event has its effect twice."""

from datetime import timedelta

import pytest

from shop.orders.events.v1.order_event_kafka import ORDER_EVENTS
from shop.payments.events.v1.payment_event_kafka import PAYMENT_EVENTS
from transactional_events.inbox import _inbox as inbox
from transactional_events.streams import Stream
from transactional_events.topics import topics_of

DELETION = timedelta(hours=1)
"""More than a broker's log.retention.check.interval.ms and file.delete.delay.ms."""


@pytest.mark.parametrize("stream", [ORDER_EVENTS, PAYMENT_EVENTS])
def test_the_inbox_remembers_longer_than_the_broker(stream: Stream) -> None:
    settings = topics_of(stream)[0].settings
    # A broker deletes a segment when its newest record is old enough.
    kept = sum(int(settings[name]) for name in ("retention.ms", "segment.ms"))
    assert inbox.inbox_purge([stream]).retention > timedelta(milliseconds=kept) + DELETION
