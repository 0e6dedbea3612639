"""Records on their way to a topic, and which of them one request may hold."""

from collections.abc import Sequence
from dataclasses import dataclass

from transactional_events.kafka._headers import Headers

ANY_PARTITION = -1

REQUEST_BYTES_MAX = 900_000
REQUEST_RECORDS_MAX = 5_000
"""What one request for a partition holds: less than `batch.size` and `batch.num.messages`, at which it would be split."""
RECORD_OVERHEAD_BYTES = 64
HEADER_OVERHEAD_BYTES = 8

Place = tuple[str, int]


@dataclass(frozen=True, slots=True)
class OutgoingRecord:
    """A record that is sent to a topic."""

    topic: str
    partition: int
    key: bytes | None
    value: bytes | None
    headers: Headers

    @property
    def place(self) -> Place:
        """The topic and the partition."""
        return self.topic, self.partition

    @property
    def size(self) -> int:
        """At least the bytes that the record takes in a request."""
        headers = sum(
            len(name) + len(value) + HEADER_OVERHEAD_BYTES for name, value in self.headers
        )
        return RECORD_OVERHEAD_BYTES + len(self.key or b"") + len(self.value or b"") + headers


Numbered = tuple[int, OutgoingRecord]
"""A record, and its index in the batch."""


def one_request_each(records: Sequence[Numbered]) -> tuple[list[Numbered], list[Numbered]]:
    """Splits records into those of one request for each partition, and those that have to wait."""
    counts: dict[Place, int] = {}
    sizes: dict[Place, int] = {}
    sent: list[Numbered] = []
    waiting: list[Numbered] = []
    for index, record in records:
        place = record.place
        count = counts[place] = counts.get(place, 0) + 1
        size = sizes[place] = sizes.get(place, 0) + record.size
        fits = count == 1 or (size <= REQUEST_BYTES_MAX and count <= REQUEST_RECORDS_MAX)
        if not fits:
            # Those behind this one wait, too.
            sizes[place] = REQUEST_BYTES_MAX
        (sent if fits else waiting).append((index, record))
    return sent, waiting
