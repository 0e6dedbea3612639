"""Events are handled in few runs, each key's in their order."""

from collections import defaultdict
from uuid import uuid4

from confluent_kafka import Message as Record
from hypothesis import given
from hypothesis import strategies as st

from transactional_events.inbox._decoding import IncomingEvent
from transactional_events.inbox._subscription import runs
from transactional_events_tests.unit.orders import OrderCreated


def event(key: str, event_type: str) -> IncomingEvent:
    return IncomingEvent("topic", key, uuid4(), event_type, OrderCreated(), "", Record())


EVENTS = st.lists(
    st.builds(event, st.sampled_from("abcd"), st.sampled_from(["Made", "Lost", "Sold"]))
)


@given(EVENTS)
def test_each_event_is_in_one_run_of_its_type(events: list[IncomingEvent]) -> None:
    made = runs(events)
    handled = [event for run in made for event in run.events]
    assert sorted(handled, key=id) == sorted(events, key=id)
    assert all(run.event_type == event.event_type for run in made for event in run.events)


@given(EVENTS)
def test_each_keys_order_is_kept(events: list[IncomingEvent]) -> None:
    assert by_key([event for run in runs(events) for event in run.events]) == by_key(events)


def test_types_that_alternate_between_keys_make_one_run_each() -> None:
    events = [event(str(number), ["Made", "Lost"][number % 2]) for number in range(100)]
    assert [run.event_type for run in runs(events)] == ["Made", "Lost"]


def by_key(events: list[IncomingEvent]) -> dict[str, list[int]]:
    order = defaultdict(list)
    for event in events:
        order[event.key].append(id(event))
    return order
