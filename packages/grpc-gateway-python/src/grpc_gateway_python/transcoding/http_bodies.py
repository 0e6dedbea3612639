"""google.api.HttpBody: bytes of any content type, without conversion."""

from google.api.httpbody_pb2 import HttpBody


def read_http_body(message: HttpBody, body: object) -> None:
    """Copies the request body, which the gateway passes as an HttpBody, into the message."""
    if isinstance(body, HttpBody):
        message.CopyFrom(body)
