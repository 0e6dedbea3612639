"""The ways of an event to a reader that bench/events.py compares, and how they are measured."""
