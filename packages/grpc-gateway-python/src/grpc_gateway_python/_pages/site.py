"""What a gateway serves besides its operations: pages, the files that they load, documents, health."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from starlette.types import Receive, Scope, Send

from grpc_gateway_python._pages.assets import load_assets
from grpc_gateway_python._pages.document import Document
from grpc_gateway_python._pages.frame import Frame, Link
from grpc_gateway_python._pages.page import Page
from grpc_gateway_python._pages.path_prefix import PathPrefix
from grpc_gateway_python._pages.site_route import SiteRoute
from grpc_gateway_python._pages.specifications import served_document
from grpc_gateway_python._pages.start_page import PATH as START_PATH
from grpc_gateway_python._pages.start_page import StartPage
from grpc_gateway_python._pages.static_documents import HTML, StaticDocument
from grpc_gateway_python._responses.responses import JSON, Response

SWAGGER_PATH: Final = "/swagger/doc.json"
OPENAPI_PATH: Final = "/openapi.json"
"""The URL path at which `Gateway.documents` serves the OpenAPI 3 document by convention."""
DOCS_PATH: Final = "/docs"
HEALTH_PATH: Final = "/healthz"

SECTION: Final = Document.section
"""The section of documents that are files."""
PERMANENT_REDIRECT: Final = 308

DOCS: Final = Link(
    DOCS_PATH, "API", "All routes with their errors and examples. Requests can be sent from there."
)
HEALTH: Final = Link(HEALTH_PATH, HEALTH_PATH, "Whether the gateway serves.")
FORMATS: Final = {"swagger": "Swagger", "openapi": "OpenAPI", "asyncapi": "AsyncAPI"}
"""The member that has the version of a format, and the name of the format."""


def site(
    specification: Path,
    documents: Mapping[str, Path | Document],
    pages: Sequence[Page],
    *,
    access_control: bool,
    prefix: PathPrefix,
    public_url: str = "",
) -> list[SiteRoute]:
    """Returns the routes, of which two may be equal: `require_distinct_routes` checks them with the operations.

    Args:
        specification: The OpenAPI 2 document.
        documents: URL path → another document.
        pages: The pages besides the gateway's own.
        access_control: Whether the gateway asks for tokens.
        prefix: Finds the path prefix of a request. Only documents need it: pages have relative links.
        public_url: The URL at which clients reach the API, for the documents; empty for none.

    Raises:
        PublicUrlError: The public URL is wrong.
    """
    info = json.loads(specification.read_bytes())["info"]
    assets, files = load_assets()
    served = [(SWAGGER_PATH, specification), *documents.items()]
    links = [Link(page.path, page.title, page.summary) for page in pages]
    frame = Frame(info["title"], info["version"], [DOCS, *links], assets)
    document_links = [_document_link(path, file) for path, file in served]
    start = frame.render(
        "start.html.jinja",
        START_PATH,
        info["title"],
        description=info.get("description", ""),
        sections=_sections([file for _, file in served], document_links),
    )
    # With OpenAPI 3, Swagger UI's Authorize sends `Bearer` by itself; with Swagger 2 it has to be typed.
    shown = [link for link in document_links if link.title.startswith(("OpenAPI ", "Swagger "))]
    shown.sort(key=lambda link: link.title)
    docs = StaticDocument(
        frame.render("docs.html.jinja", DOCS_PATH, DOCS.title, documents=shown), HTML
    )
    health = StaticDocument(b'{"status":"SERVING"}', JSON)
    return [
        SiteRoute(START_PATH, "the start page", StartPage(start)),
        SiteRoute(DOCS_PATH, "Swagger UI", docs),
        SiteRoute(f"{DOCS_PATH}/", "the redirect to Swagger UI", _redirect_to_docs),
        SiteRoute(HEALTH_PATH, "the health of the gateway", health),
        *(SiteRoute(path, f"the file {path} of pages", file) for path, file in files.items()),
        *(SiteRoute(page.path, f"the page {page.title!r}", _page(frame, page)) for page in pages),
        *(
            SiteRoute(
                path,
                f"the document {_document_name(file)!r}",
                served_document(
                    file, access_control=access_control, prefix=prefix, public_url=public_url
                ),
            )
            for path, file in served
        ),
    ]


async def _redirect_to_docs(_scope: Scope, _receive: Receive, send: Send) -> None:
    # A relative location is right below each path prefix (RFC 9110, section 10.2.2).
    await Response(PERMANENT_REDIRECT, [(b"location", f"..{DOCS_PATH}".encode())], b"").send(send)


def _page(frame: Frame, page: Page) -> StaticDocument:
    html = frame.render("page.html.jinja", page.path, page.title, content=page.content)
    return StaticDocument(html, HTML)


def _sections(documents: Sequence[Path | Document], links: Sequence[Link]) -> dict[str, list[Link]]:
    """Returns heading → links, for the start page."""
    sections: dict[str, list[Link]] = {}
    for document, link in zip(documents, links, strict=True):
        section = document.section if isinstance(document, Document) else SECTION
        sections.setdefault(section, []).append(link)
    return {**sections, "Health": [HEALTH]}


def _document_name(file: Path | Document) -> str:
    return file.title if isinstance(file, Document) else file.name


def _document_link(path: str, file: Path | Document) -> Link:
    if isinstance(file, Document):
        return Link(path, file.title, file.summary)
    document: Any = json.loads(file.read_bytes()) if file.suffix == ".json" else {}
    for member, name in FORMATS.items():
        if member in document:
            return Link(path, f"{name} {document[member]}", path)
    return Link(path, path, "")
