"""The documents that a gateway's user makes when it starts."""

from dataclasses import dataclass

JSON_TYPE = "application/json"


@dataclass(frozen=True)
class Document:
    """A text that is served as it is, such as a document with addresses of the running system."""

    title: str
    """The name of its link on the start page."""
    summary: str
    """What the start page says about it."""
    text: str
    content_type: str = JSON_TYPE
    section: str = "Documents"
    """The heading on the start page below which its link stands."""
