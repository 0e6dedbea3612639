"""The headers of a request, and the results of checks of them."""

from collections.abc import Mapping
from typing import Final, Self

from grpc_gateway_python._requests.headers import (
    first_values,
    require_json_accepted,
    require_json_body,
)
from grpc_gateway_python._requests.metadata import HeaderNames, Metadata, forwarded_metadata
from grpc_gateway_python._responses.errors import Headers

NO_METADATA: Final[Metadata] = ()


class RequestHead:
    """The headers of one request, or of several requests with the same headers.

    It keeps the results of checks, because they depend on the headers only: most requests of a client differ in their
    request line and body alone.
    """

    __slots__ = (
        "_metadata",
        "_names",
        "accepts_json",
        "body_bytes",
        "first",
        "raw",
        "sends_json",
        "size",
    )

    def __init__(
        self, raw: Headers, first: Mapping[bytes, bytes], body_bytes: int = 0, size: int = 0
    ) -> None:
        self.raw = raw
        self.first = first
        """The first value of each header."""
        self.body_bytes = body_bytes
        """The size of the body; 0 when the app serves the request."""
        self.size = size
        """The size of the headers in bytes; 0 when the app serves the request."""
        self.accepts_json = False
        """Whether the client accepts a response in JSON; False until `require_json_accepted` has succeeded."""
        self.sends_json = False
        """Whether the headers allow a body of JSON; False until `require_json` has succeeded."""
        self._names: HeaderNames | None = None
        self._metadata = NO_METADATA

    @classmethod
    def of(cls, raw: Headers) -> Self:
        """Returns the head with these headers."""
        return cls(raw, first_values(raw))

    def require_json_accepted(self) -> None:
        """Checks that Accept allows JSON.

        Raises:
            GatewayError: It doesn't.
        """
        require_json_accepted(self.first, self.raw)
        self.accepts_json = True

    def require_json(self) -> None:
        """Checks that the headers allow a body of JSON.

        Raises:
            GatewayError: The headers declare another type, charset or encoding.
        """
        require_json_body(self.first)
        self.sends_json = True

    def metadata(self, names: HeaderNames) -> Metadata:
        """Returns the metadata that the headers become.

        Raises:
            GatewayError: A forwarded header is no valid metadata.
        """
        if self._names is not names:
            self._metadata = forwarded_metadata(self.raw, names)
            self._names = names
        return self._metadata
