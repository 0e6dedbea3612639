"""HTTP/1.1 framing: uvicorn's protocol without Upgrade and trailers, which allow request smuggling."""

from typing import Final

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser

from grpc_gateway_python._http.direct_protocol import DirectProtocol
from grpc_gateway_python._http.heads import HTTP_1_0, check_head, origin_form

EXPECT: Final = b"expect"
CONTINUE: Final = b"100-continue"


class FramingProtocol(DirectProtocol):
    """Ignores Upgrade headers and trailers."""

    _in_head = False
    _amid_request = False

    def on_message_begin(self) -> None:
        """Starts a head."""
        self._in_head = self._amid_request = True
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keeps a header. A trailer is dropped: it would bypass the checks of the headers (RFC 9110, section 6.5.1)."""
        if self._in_head:
            name = name.lower()
            if name == EXPECT and value.lower() == CONTINUE:
                self.expect_100_continue = True
            self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        """Ends a head, unless it has an Upgrade header and has to be parsed again.

        Raises:
            HeadError: The head is invalid.
        """
        if not self.parser.should_upgrade():
            version = self.parser.get_http_version()
            check_head(version, self.headers)
            self.url = origin_form(self.parser.get_method(), self.url)
            if version == HTTP_1_0:
                # A server must ignore Expect in HTTP/1.0 (RFC 9110, section 10.1.1).
                self.expect_100_continue = False
            super().on_headers_complete()
            self._in_head = False

    def on_message_complete(self) -> None:
        """Ends a request."""
        if not self.parser.should_upgrade():
            self._amid_request = False
            super().on_message_complete()

    def _parse(self, data: bytes) -> None:
        """Parses received bytes.

        Raises:
            HttpParserError: The bytes are not valid HTTP.
        """
        try:
            self.parser.feed_data(data)
        except HttpParserUpgrade as upgrade:
            self._ignore_upgrade(data[upgrade.args[0] :])

    def _ignore_upgrade(self, rest: bytes) -> None:
        """Parses a head again without its Upgrade header, which a server may ignore (RFC 9110, section 7.8).

        Otherwise the parser would take the request's body for bytes of another protocol.
        """
        kept = [b"%b: %b\r\n" % header for header in self.headers if header[0] != b"upgrade"]
        if len(kept) == len(self.headers):
            raise HttpParserError("CONNECT is not for origin servers")
        version = self.parser.get_http_version().encode()
        line = b"%b %b HTTP/%b\r\n" % (self.parser.get_method(), self.url, version)
        self.parser = HttpRequestParser(self)
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)  # as uvicorn does
        self._parse(b"".join([line, *kept, b"\r\n", rest]))
