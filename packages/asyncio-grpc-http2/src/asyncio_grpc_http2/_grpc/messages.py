"""Length-prefixed messages: a flag for compression, four octets of length, and the message."""

from struct import Struct

from asyncio_grpc_http2._status import StatusCode

PREFIX_BYTES = 5
_prefix = Struct(">BL").pack


class MessageError(Exception):
    """The peer's bytes are no message that this side takes."""

    def __init__(self, code: StatusCode, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


def frame(message: bytes) -> bytes:
    """Returns an uncompressed message with its prefix."""
    return _prefix(0, len(message)) + message


def is_one_message(data: bytes, bytes_max: int) -> bool:
    """Returns whether data is exactly one uncompressed message that isn't too large, as in nearly every unary call."""
    size = len(data) - PREFIX_BYTES
    return 0 <= size <= bytes_max and not data[0] and int.from_bytes(data[1:5], "big") == size


class MessageReader:
    """Cuts the data of one direction of a call into messages."""

    __slots__ = ("_bytes_max", "_pending", "_size")

    def __init__(self, bytes_max: int) -> None:
        self._bytes_max = bytes_max
        self._pending = bytearray()
        self._size: int | None = None
        """The size of the message that has begun, with its prefix, once the prefix is complete."""

    def read(self, data: bytes, *, ended: bool = False) -> list[bytes]:
        """Returns the messages that are complete now.

        Args:
            data: The received bytes.
            ended: Whether nothing follows.

        Raises:
            MessageError: a message is compressed, too large, or cut by the end.
        """
        if not self._pending and is_one_message(data, self._bytes_max):
            return [data[PREFIX_BYTES:]]
        self._pending += data
        messages = []
        while len(self._pending) >= PREFIX_BYTES:
            if self._size is None:
                self._size = self._size_of(self._pending)
            if len(self._pending) < self._size:
                break
            messages.append(bytes(memoryview(self._pending)[PREFIX_BYTES : self._size]))
            del self._pending[: self._size]
            self._size = None
        if ended and self._pending:
            raise MessageError(StatusCode.INTERNAL, "the last message is cut")
        return messages

    @property
    def missing_bytes(self) -> int:
        """What the message that has begun still lacks, as far as its prefix tells."""
        return self._size - len(self._pending) if self._size is not None else 0

    @property
    def in_message(self) -> bool:
        """Whether a message has begun and isn't complete."""
        return bool(self._pending)

    def _size_of(self, data: bytes | bytearray) -> int:
        if data[0]:
            text = "compressed messages aren't supported"
            raise MessageError(StatusCode.UNIMPLEMENTED, text)
        size = int.from_bytes(data[1:PREFIX_BYTES], "big")
        if size > self._bytes_max:
            text = f"message of {size} bytes exceeds the limit of {self._bytes_max}"
            raise MessageError(StatusCode.RESOURCE_EXHAUSTED, text)
        return size + PREFIX_BYTES
