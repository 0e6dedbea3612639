"""The page of Swagger UI, whose files Connexion's middleware serves from their wheel."""

from connexion.options import SwaggerUIConfig, SwaggerUIOptions
from jinja2 import Environment, FileSystemLoader

from grpc_gateway_python._app.static_documents import HTML, StaticDocument


def page_options(path: str) -> SwaggerUIOptions:
    """Returns what makes Connexion serve the page's files below a path."""
    return SwaggerUIOptions(serve_spec=False, swagger_ui_path=path)


def page(path: str, specification_path: str) -> StaticDocument:
    """Returns the page itself, which works with and without a slash at its path's end."""
    folder = SwaggerUIConfig().swagger_ui_template_dir
    template = Environment(loader=FileSystemLoader(folder), autoescape=True).get_template(
        "index.j2"
    )
    html = template.render(openapi_spec_url=specification_path)
    return StaticDocument(html.replace("<head>", f'<head><base href="{path}/">', 1).encode(), HTML)
