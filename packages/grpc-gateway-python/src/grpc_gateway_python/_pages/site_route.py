"""The routes of a gateway besides those of its operations."""

from dataclasses import dataclass

from starlette.types import ASGIApp


@dataclass(frozen=True)
class SiteRoute:
    """What is served to a GET of a URL path."""

    path: str
    name: str
    """What is served, in words that complete `/docs is given twice: …`."""
    endpoint: ASGIApp
