"""Booleans, strings and bytes in JSON, according to Protobuf's JSON mapping.

The arguments of every reader are a JSON value, the place of the message, and the field's name.
"""

import base64
import binascii

from grpc_gateway_python.transcoding.place import Place

STANDARD_ALPHABET = str.maketrans("-_", "+/")


def read_bool(json: object, place: Place, name: str) -> bool:
    """Reads true or false."""
    if json is True or json is False:
        return json
    raise place.invalid(name, "must be true or false")


def read_string(json: object, place: Place, name: str) -> str:
    """Reads a string."""
    if type(json) is str:
        return json
    raise place.invalid(name, "must be a string")


def read_bytes(json: object, place: Place, name: str) -> bytes:
    """Reads base64, in the standard or the URL-safe alphabet, with or without padding."""
    if type(json) is str and (data := from_base64(json)) is not None:
        return data
    raise place.invalid(name, "must be a string of base64")


def write_bytes(value: bytes) -> str:
    """Returns base64 in the standard alphabet, padded."""
    return base64.b64encode(value).decode("ascii")


def from_base64(text: str) -> bytes | None:
    """Returns the bytes, or None if the text is not base64."""
    if "-" in text or "_" in text:
        if "+" in text or "/" in text:
            return None
        text = text.translate(STANDARD_ALPHABET)
    digits = text.rstrip("=")
    padded = digits + "=" * (-len(digits) % 4)
    if text not in (digits, padded):
        return None  # binascii would accept superfluous padding
    try:
        return binascii.a2b_base64(padded.encode("ascii"), strict_mode=True)
    except (binascii.Error, UnicodeEncodeError):
        return None
