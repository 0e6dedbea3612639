"""`python -m events`: registers the event contracts, and shows and replays undeliverable events."""

from shop.streams_kafka import STREAMS
from transactional_events.commands import main

if __name__ == "__main__":
    main(STREAMS, "python -m events")
