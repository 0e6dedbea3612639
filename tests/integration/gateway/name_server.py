"""A DNS server that knows one name, on a thread of its own."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

AUTHORITATIVE = 0x8580
NAME_ERROR = 3
A, IN = 1, 1
TTL_SECONDS = 0
NAME_AT_START = 0xC00C
"""A pointer to the name in the question."""
HEAD_BYTES = 12


class NameServer:
    """Responds to a query for any name with the current addresses."""

    def __init__(self, listener: socket.socket) -> None:
        self.addresses: list[str] = []
        self.queries = 0
        self._listener = listener
        self.address = "{}:{}".format(*listener.getsockname())

    def serve(self) -> None:
        """Serves until the socket is shut down."""
        while True:
            query, client = self._listener.recvfrom(512)
            if not query:
                return
            self.queries += 1
            self._listener.sendto(self._response(query), client)

    def _response(self, query: bytes) -> bytes:
        end = query.index(b"\0", HEAD_BYTES) + 5
        (kind,) = struct.unpack(">H", query[end - 4 : end - 2])
        records = [
            struct.pack(">HHHIH", NAME_AT_START, A, IN, TTL_SECONDS, 4) + socket.inet_aton(address)
            for address in (self.addresses if kind == A else ())
        ]
        flags = AUTHORITATIVE | (0 if self.addresses else NAME_ERROR)
        head = query[:2] + struct.pack(">HHHHH", flags, 1, len(records), 0, 0)
        return head + query[HEAD_BYTES:end] + b"".join(records)


@contextmanager
def name_server() -> Iterator[NameServer]:
    """Serves for the length of the block."""
    with socket.socket(type=socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        server = NameServer(listener)
        thread = threading.Thread(target=server.serve)
        thread.start()
        try:
            yield server
        finally:
            listener.sendto(b"", listener.getsockname())
            thread.join()
