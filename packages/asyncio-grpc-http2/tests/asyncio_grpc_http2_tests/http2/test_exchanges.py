"""Requests and responses between both roles of a connection."""

import pytest

from asyncio_grpc_http2._http2 import ErrorCode, Limits, encode_headers
from asyncio_grpc_http2._http2.frames import (
    SETTINGS_ACK,
    SETTINGS_INITIAL_WINDOW_SIZE,
    settings_frame,
)
from asyncio_grpc_http2_tests.http2.pair import RESPONSE, TRAILERS, Pair


@pytest.mark.parametrize("piece_bytes", [1, 7, 1 << 20])
@pytest.mark.parametrize("size", [0, 5, 16_384, 16_385, 1_000_000])
def test_response_of_any_size_arrives_however_the_bytes_are_cut(
    size: int, piece_bytes: int
) -> None:
    pair = Pair()
    stream = pair.request(b"question")
    pair.run(piece_bytes)
    response = bytes(range(250)) * (size // 250) + bytes(size % 250)
    accepted = pair.server.streams.open[stream.id]
    assert pair.server.sender.message(accepted, RESPONSE, response, TRAILERS, end=True)
    pair.run(piece_bytes)
    assert pair.server_events.received[stream.id] == b"question"
    assert pair.client_events.received[stream.id] == response
    assert pair.client_events.seen[-1] == ("headers", [("grpc-status", "0")])
    assert not pair.client.streams.open
    assert not pair.server.streams.open
    assert pair.server.sender.unsent_bytes == 0


def test_small_header_block_may_not_exceed_a_small_limit_either() -> None:
    pair = Pair(server=Limits(header_list_bytes=1_000))
    fields = [(":method", "POST"), (":scheme", "http"), (":path", "/")]
    block = encode_headers([*fields, *[("accept-encoding", "gzip, deflate")] * 20])
    for _ in range(2):
        stream = pair.client.open_stream()
        pair.client.sender.headers(stream, block, end=True)
        pair.run()
        assert pair.server_events.seen[-1] == ("headers too large", stream.id)


def test_data_waits_until_its_receiver_has_consumed_what_came() -> None:
    pair = Pair()
    pair.client_events.consumes = False
    stream = pair.request()
    pair.run()
    accepted = pair.server.streams.open[stream.id]
    pair.server.sender.message(accepted, RESPONSE, bytes(100_000), TRAILERS, end=True)
    pair.run()
    assert len(pair.client_events.received[stream.id]) == 65_535
    pair.client.consumed(stream, 65_535)
    pair.run()
    assert len(pair.client_events.received[stream.id]) == 100_000


def test_data_that_needs_a_larger_initial_window_follows_the_acknowledgement() -> None:
    pair = Pair(client=Limits(stream_window_bytes=1_000))
    stream = pair.request()
    pair.client_events.consumes = False
    pair.run()
    accepted = pair.server.streams.open[stream.id]
    pair.server.sender.message(accepted, RESPONSE, bytes(2_000))
    pair.run()
    assert len(pair.client_events.received[stream.id]) == 1_000
    pair.server.receive(settings_frame({SETTINGS_INITIAL_WINDOW_SIZE: 2_000}))
    output = pair.server.sender.take_output()
    assert output.startswith(SETTINGS_ACK)
    assert output.endswith(bytes(1_000))


def test_large_message_gets_the_window_that_it_is_expected_to_need() -> None:
    pair = Pair()
    pair.client_events.consumes = False
    stream = pair.request()
    pair.run()
    pair.client.expect(stream, 100_000)
    accepted = pair.server.streams.open[stream.id]
    pair.server.sender.message(accepted, RESPONSE, bytes(100_001), TRAILERS, end=True)
    pair.run()
    assert len(pair.client_events.received[stream.id]) == 100_000


def test_large_messages_get_room_one_after_the_other() -> None:
    pair = Pair(client=Limits(large_messages_bytes=50_000))
    pair.client_events.consumes = False
    streams = [pair.request() for _ in range(3)]
    pair.run()
    for stream in streams:
        pair.client.expect(stream, 100_000)
        accepted = pair.server.streams.open[stream.id]
        pair.server.sender.message(accepted, RESPONSE, bytes(100_000))
    for whole in streams:
        pair.run()
        sizes = [len(pair.client_events.received[stream.id]) for stream in streams]
        index = streams.index(whole)
        assert sizes == [100_000] * (index + 1) + [65_535] * (2 - index)
        pair.client.consumed(whole, 100_000)


def test_streams_above_the_limit_are_rejected_and_may_be_sent_again() -> None:
    pair = Pair(server=Limits(concurrent_streams=2))
    for _ in range(3):
        pair.request()
    pair.run()
    assert len(pair.server.streams.open) == 2
    assert pair.client_events.seen[-1] == ("reset by peer", ErrorCode.REFUSED_STREAM)
    assert pair.client.peer.max_concurrent_streams == 2


def test_shutdown_waits_for_open_streams_and_rejects_new_ones() -> None:
    pair = Pair()
    first = pair.request()
    pair.run()
    pair.server.announce_shutdown()
    pair.run()
    second = pair.request()
    pair.run()
    pair.server.shut_down()
    third = pair.request()
    pair.run()
    goaways = [detail[0] for name, detail in pair.client_events.seen if name == "goaway"]
    assert goaways == [2**31 - 1, second.id]
    assert pair.client_events.seen[-1] == ("reset by peer", ErrorCode.REFUSED_STREAM)
    assert sorted(pair.client.streams.open) == [first.id, second.id]
    assert third.closed
