"""google.api.HttpBody: bytes of any type, as they are."""

from google.api.httpbody_pb2 import HttpBody


def read_http_body(message: HttpBody, body: object) -> None:
    """Takes a request's body, which the gateway gives as an HttpBody."""
    if isinstance(body, HttpBody):
        message.CopyFrom(body)
