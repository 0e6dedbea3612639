"""The page of Swagger UI. Connexion's middleware serves the page's files from their wheel."""

from connexion.options import SwaggerUIConfig, SwaggerUIOptions
from jinja2 import Environment, FileSystemLoader

from grpc_gateway_python._app.static_documents import HTML, StaticDocument


def swagger_ui_options(path: str) -> SwaggerUIOptions:
    """Returns the options with which Connexion serves the page's files below a path."""
    return SwaggerUIOptions(serve_spec=False, swagger_ui_path=path)


def swagger_ui_page(path: str, specification_path: str) -> StaticDocument:
    """Returns the page. Its base URL makes it work with and without a slash at the end of its path."""
    folder = SwaggerUIConfig().swagger_ui_template_dir
    template = Environment(loader=FileSystemLoader(folder), autoescape=True).get_template(
        "index.j2"
    )
    html = template.render(openapi_spec_url=specification_path)
    return StaticDocument(html.replace("<head>", f'<head><base href="{path}/">', 1).encode(), HTML)
