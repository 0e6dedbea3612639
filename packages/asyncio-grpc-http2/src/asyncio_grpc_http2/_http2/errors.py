"""Error codes and errors of HTTP/2 (RFC 9113, sections 5.4 and 7)."""

from enum import IntEnum


class ErrorCode(IntEnum):
    """Codes of RST_STREAM and GOAWAY."""

    NO_ERROR = 0x0
    PROTOCOL_ERROR = 0x1
    INTERNAL_ERROR = 0x2
    FLOW_CONTROL_ERROR = 0x3
    SETTINGS_TIMEOUT = 0x4
    STREAM_CLOSED = 0x5
    FRAME_SIZE_ERROR = 0x6
    REFUSED_STREAM = 0x7
    CANCEL = 0x8
    COMPRESSION_ERROR = 0x9
    CONNECT_ERROR = 0xA
    ENHANCE_YOUR_CALM = 0xB
    INADEQUATE_SECURITY = 0xC
    HTTP_1_1_REQUIRED = 0xD


class Http2ConnectionError(Exception):
    """The peer broke a rule or a limit of the connection: it gets GOAWAY with this code."""

    def __init__(self, code: ErrorCode, text: str) -> None:
        super().__init__(f"{code.name}: {text}")
        self.code = code
        self.text = text


class Http2StreamError(Exception):
    """The peer broke a rule of one stream: it gets RST_STREAM with this code."""

    def __init__(self, code: ErrorCode, text: str) -> None:
        super().__init__(f"{code.name}: {text}")
        self.code = code
        self.text = text


class HeaderListTooLarge(Exception):  # noqa: N818 - the stream's owner responds to it
    """The header list is larger than SETTINGS_MAX_HEADER_LIST_SIZE; the decoder is intact."""


def error_code(value: int) -> ErrorCode | int:
    """Returns the code's name, or the number of an unknown one."""
    try:
        return ErrorCode(value)
    except ValueError:
        return value
