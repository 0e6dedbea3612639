"""When a client counts as one that does not read."""

import asyncio

import pytest

from grpc_gateway_python._http.slow_readers import SlowReaderWatch


class Waiting(asyncio.Transport):
    """A transport that returns the next size of a list whenever its buffer size is read."""

    def __init__(self, sizes: list[int]) -> None:
        super().__init__()
        self.sizes = sizes
        self.aborted = asyncio.Event()

    def get_write_buffer_size(self) -> int:
        return self.sizes.pop(0)

    def abort(self) -> None:
        self.aborted.set()


@pytest.mark.parametrize("sizes", [[9, 9], [9, 5, 1, 1], [9, 12]])
def test_a_client_that_reads_nothing_is_disconnected(sizes: list[int]) -> None:
    async def scenario() -> None:
        # Each check but the last one is followed by another, which reads the size again.
        transport = Waiting([size for size in sizes for _ in range(2)][1:-1])
        SlowReaderWatch(transport, 0.001).start()
        await asyncio.wait_for(transport.aborted.wait(), 10)
        assert transport.sizes == []

    asyncio.run(scenario())
