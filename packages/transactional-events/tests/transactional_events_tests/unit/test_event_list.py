"""The list of undeliverable events, as programs read it."""

import io
from datetime import UTC, datetime
from uuid import UUID

from rich.console import Console

from transactional_events.commands._events import print_list
from transactional_events.db.outbox import ListParkedEventsRow
from transactional_events.dead_letters import UndeliverableEvent

ORDER = "01a21aef-9763-7e2a-b128-5d4cd16dfd73"


def test_keys_and_ids_are_whole_where_the_output_is_no_terminal() -> None:
    reason = f"order {ORDER} is CANCELED (INSUFFICIENT_FUNDS), its payment's outcome says FINISHED"
    parked = ListParkedEventsRow(
        event_id=UUID(ORDER),
        topic="events",
        key=ORDER,
        value=b"",
        event_type="PaymentSucceeded",
        occurred_at=datetime.now(UTC),
        request_id="",
        error=reason,
        parked_at=datetime.now(UTC),
    )
    event = UndeliverableEvent(ORDER, "dead letter of payments", ORDER, reason, b"", None, parked)
    output = io.StringIO()
    print_list([event], Console(file=output, width=60))
    [line] = [line for line in output.getvalue().splitlines() if event.name in line]
    assert all(value in line for value in (event.where, event.key, event.reason))
