"""The pages that a gateway's user adds to the gateway's own."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Page:
    """A page inside the frame that all pages share."""

    path: str
    """The URL path, such as `/events`."""
    title: str
    """The heading of the page, and its name in the navigation."""
    summary: str
    """One sentence that says on the start page what this page has."""
    content: str
    """Trusted HTML below the heading. Links to other pages and documents are relative (`asyncapi.json`), so that
    they work below a path prefix. The content policy allows no inline script and no inline style."""
