"""The URL at which clients reach the API, which the served OpenAPI documents tell them."""

import re
from typing import Any, Final
from urllib.parse import urlsplit

from grpc_gateway_python._errors import StartError
from grpc_gateway_python._pages.path_prefix import is_path_prefix

ORIGIN: Final = re.compile(r"https?://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]+)?")


class PublicUrlError(StartError):
    """The public URL isn't one."""


def is_public_url(text: str) -> bool:
    """Returns whether a text is an HTTP URL of a host with or without a path prefix, such as `https://host/shop`."""
    origin = ORIGIN.match(text)
    if origin is None:
        return False
    try:
        urlsplit(text).port  # noqa: B018 - it raises for a port above 65535
    except ValueError:
        return False
    path = text[origin.end() :]
    return path == "" or is_path_prefix(path)


def at_public_url(document: dict[str, Any], url: str) -> dict[str, Any]:
    """Returns an OpenAPI document of a gateway that clients reach at a URL; empty for the host of the document.

    Raises:
        PublicUrlError: The text is not such a URL.
    """
    if not url:
        return document
    if not is_public_url(url):
        raise PublicUrlError(f"the public URL must be like https://host/shop, and is {url!r}")
    if "swagger" not in document:
        return document | {"servers": [{"url": url}]}
    parts = urlsplit(url)
    path = {"basePath": parts.path or "/"}
    return document | {"host": parts.netloc, "schemes": [parts.scheme], **path}
