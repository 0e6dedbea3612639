"""The routes of a gateway besides those of its operations."""

from dataclasses import dataclass

from starlette.types import ASGIApp

from grpc_gateway_python._errors import StartError


class SitePathError(StartError):
    """A page or a document has a path that no request can have; the text names both."""


@dataclass(frozen=True)
class SiteRoute:
    """What is served to a GET of a URL path."""

    path: str
    name: str
    """What is served, in words that complete `/docs is given twice: …`."""
    endpoint: ASGIApp

    def __post_init__(self) -> None:
        """Checks the path.

        Raises:
            SitePathError: It doesn't begin with `/`, or has the `*` of a path template.
        """
        if not self.path.startswith("/") or "*" in self.path:
            raise SitePathError(
                f"the path of {self.name} must begin with / and have no *, and is {self.path!r}"
            )
