"""A streaming call that the service never ends."""

from typing import Self

MESSAGES_MAX = 1_000_000
"""More than a test reads before the bound that it tests; a stream without the bound fails here."""


class EndlessCall:
    """A call whose next message is always there, so that reading it never waits."""

    initial_metadata = ()
    trailing_metadata = ()
    messages = 0

    def time_remaining(self) -> None:
        return None

    def cancel(self) -> None:
        pass

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        self.messages += 1
        assert self.messages < MESSAGES_MAX, "the stream goes on"
        return b""
