"""google.protobuf.FieldMask: in JSON a string of lowerCamelCase paths, separated by commas."""

import re
from typing import Final

from google.protobuf.field_mask_pb2 import FieldMask

from grpc_gateway_python.transcoding.place import Place
from grpc_gateway_python.transcoding.unwritable import UnwritableError

CAMEL_PATH: Final = re.compile(r"[a-z][a-zA-Z0-9]*(?:\.[a-z][a-zA-Z0-9]*)*")
CAPITAL: Final = re.compile(r"[A-Z]")
UNDERSCORED: Final = re.compile(r"_([a-z])")


def read_field_mask(message: FieldMask, json: object, place: Place, name: str) -> None:
    """Reads lowerCamelCase paths and sets them in snake_case, as messages have them."""
    if type(json) is not str:
        raise place.invalid(name, "must be a string of lowerCamelCase paths")
    message.SetInParent()
    for path in json.split(",") if json else ():
        if CAMEL_PATH.fullmatch(path) is None:
            raise place.invalid(name, "must be a string of lowerCamelCase paths")
        message.paths.append(CAPITAL.sub(lambda match: f"_{match[0].lower()}", path))


def read_field_mask_text(message: FieldMask, text: str, place: Place, name: str) -> None:
    """Reads the paths of a query parameter, which have the field names of the contract."""
    paths = text.split(",")
    if not all(paths):
        raise place.invalid(name, "must be field paths with commas between")
    message.paths.extend(paths)


def write_field_mask(message: FieldMask) -> str:
    """Returns the paths in lowerCamelCase."""
    return ",".join(map(_camel, message.paths))


def _camel(path: str) -> str:
    camel = UNDERSCORED.sub(lambda match: match[1].upper(), path)
    if CAPITAL.search(path) or "_" in camel:
        raise UnwritableError("a google.protobuf.FieldMask has a path that is not snake_case")
    return camel
