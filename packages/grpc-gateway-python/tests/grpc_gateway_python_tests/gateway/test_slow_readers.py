"""When a client counts as one that does not read."""

import asyncio

import pytest

from grpc_gateway_python._http.slow_readers import SlowReaderWatch


class Waiting(asyncio.Transport):
    """A transport that tells how many bytes wait, look after look."""

    def __init__(self, sizes: list[int]) -> None:
        super().__init__()
        self.sizes = sizes
        self.aborted = asyncio.Event()

    def get_write_buffer_size(self) -> int:
        return self.sizes.pop(0)

    def abort(self) -> None:
        self.aborted.set()


@pytest.mark.parametrize("sizes", [[9, 9], [9, 5, 1, 1], [9, 12]])
def test_a_client_is_left_once_it_has_read_nothing(sizes: list[int]) -> None:
    async def scenario() -> None:
        # Each look but the last one is followed by another, which asks for the size anew.
        transport = Waiting([size for size in sizes for _ in range(2)][1:-1])
        SlowReaderWatch(transport, 0.001).start()
        await asyncio.wait_for(transport.aborted.wait(), 10)
        assert transport.sizes == []

    asyncio.run(scenario())
