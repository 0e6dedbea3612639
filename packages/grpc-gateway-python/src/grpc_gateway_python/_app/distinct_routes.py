"""Checks that each route is given once: of two equal ones, the router would serve only one."""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final
from urllib.parse import unquote_to_bytes

from grpc_gateway_python._errors import StartError
from grpc_gateway_python._pages.site_route import SiteRoute
from grpc_gateway_python.transcoding import Operation
from grpc_gateway_python.transcoding.operation import ANY_SEGMENT, ANY_SEGMENTS

GET: Final = "GET"
Key = tuple[str, tuple[str | bytes, ...]]
"""The method, and the segments of the path: literals are decoded bytes, variables are text."""


class RouteConflictError(StartError):
    """Two things have the same method and path; the text names both."""


def require_distinct_routes(site: Iterable[SiteRoute], operations: Iterable[Operation]) -> None:
    """Checks the routes of a gateway.

    Raises:
        RouteConflictError: Two routes are equal.
    """
    names: dict[Key, str] = {}
    for method, path, name in chain(_of_site(site), _of_operations(operations)):
        key = method, tuple(map(_segment, path[1:].split("/")))
        if key in names:
            raise RouteConflictError(f"{method} {path} is given twice: {names[key]}, and {name}")
        names[key] = name


def _of_site(site: Iterable[SiteRoute]) -> Iterator[tuple[str, str, str]]:
    for route in site:
        yield GET, route.path, route.name


def _of_operations(operations: Iterable[Operation]) -> Iterator[tuple[str, str, str]]:
    for operation in operations:
        verb = f":{operation.path.verb}" if operation.path.verb else ""
        path = f"/{'/'.join(operation.path.segments)}{verb}"
        yield operation.http_method, path, f"the operation {operation.id}"


def _segment(text: str) -> str | bytes:
    return text if text in {ANY_SEGMENT, ANY_SEGMENTS} else unquote_to_bytes(text)
