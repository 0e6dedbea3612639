"""The frame that all pages share: head, header with navigation, and footer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined

TEMPLATES: Final = Environment(
    loader=PackageLoader("grpc_gateway_python._pages"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True)
class Link:
    """A link to a page or a document of the gateway."""

    path: str
    """The URL path without the path prefix."""
    title: str
    summary: str


@dataclass(frozen=True)
class Frame:
    """What all pages have in common.

    Links between pages are relative, so that the same bytes work below each path prefix.
    """

    product: str
    """The title of the API, as its specification has it."""
    version: str
    """The version of the API."""
    navigation: Sequence[Link]
    """The pages, in the order of the navigation."""
    assets: Mapping[str, str]
    """File name → URL path."""

    def render(self, template: str, path: str, title: str, **values: object) -> bytes:
        """Returns the HTML of a page.

        Args:
            template: The name of a template that extends `frame.html.jinja`.
            path: The URL path of the page.
            title: The page's heading.
            values: What else the template needs.
        """
        root = "../" * (path.count("/") - 1) or "./"

        def url(target: str) -> str:
            """Returns the URL of a path of the gateway, relative to this page."""
            return root + target.removeprefix("/")

        html: str = TEMPLATES.get_template(template).render(
            frame=self,
            path=path,
            title=title,
            url=url,
            asset=lambda name: url(self.assets[name]),
            **values,
        )
        return html.encode()
