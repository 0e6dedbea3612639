"""Rows of the outbox."""

from datetime import UTC, datetime
from uuid import uuid4

from transactional_events.db.models import Outbox as Row


def row(id_: int, *, bucket: int = 0, value: bytes = b"value") -> Row:
    return Row(
        bucket=bucket,
        id=id_,
        topic="topic",
        key="key",
        value=value,
        event_id=uuid4(),
        event_type="Event",
        occurred_at=datetime.now(UTC),
        request_id="",
    )
