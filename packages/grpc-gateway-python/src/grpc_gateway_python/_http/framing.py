"""Where requests begin and end on a connection: uvicorn's protocol without what others could abuse."""

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from grpc_gateway_python._http.heads import HTTP_1_0, check_head, origin_form


class FramingProtocol(HttpToolsProtocol):
    """Ignores requests to upgrade, and trailers."""

    _in_head = False
    _amid_request = False

    def on_message_begin(self) -> None:
        """A head begins."""
        self._in_head = self._amid_request = True
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keeps a header. Trailers would get past whoever checked those (RFC 9110, section 6.5.1)."""
        if self._in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """A head ends, unless it has to be parsed again.

        Raises:
            HeadError: the head must be refused.
        """
        if not self.parser.should_upgrade():
            version = self.parser.get_http_version()
            check_head(version, self.headers)
            self.url = origin_form(self.parser.get_method(), self.url)
            if version == HTTP_1_0:
                self.expect_100_continue = False  # RFC 9110, section 10.1.1
            super().on_headers_complete()
            self._in_head = False

    def on_message_complete(self) -> None:
        """A request ends."""
        if not self.parser.should_upgrade():
            self._amid_request = False
            super().on_message_complete()

    def _parse(self, data: bytes) -> None:
        """Parses a piece of what the client sends.

        Raises:
            HttpParserError: it is not HTTP.
        """
        try:
            self.parser.feed_data(data)
        except HttpParserUpgrade as upgrade:
            self._ignore_upgrade(data[upgrade.args[0] :])

    def _ignore_upgrade(self, rest: bytes) -> None:
        """Parses a head again without its Upgrade, which may be ignored (RFC 9110, section 7.8).

        The parser has taken what follows for another protocol, and not for the request's body.
        """
        kept = [b"%b: %b\r\n" % each for each in self.headers if each[0] != b"upgrade"]
        if len(kept) == len(self.headers):
            raise HttpParserError("CONNECT is not for origin servers")
        version = self.parser.get_http_version().encode()
        line = b"%b %b HTTP/%b\r\n" % (self.parser.get_method(), self.url, version)
        self.parser = HttpRequestParser(self)
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)  # as uvicorn does
        self._parse(b"".join([line, *kept, b"\r\n", rest]))
