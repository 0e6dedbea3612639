"""REST in front of gRPC: generated transcoding, served by a Connexion app.

`serve` runs a `Gateway`; `create_app` returns the ASGI app for another server. Generated modules
import `grpc_gateway_python.transcoding`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Final

from grpc_gateway_python._version import __version__

if TYPE_CHECKING:
    from grpc_gateway_python._access.caller_limits import CallerLimits
    from grpc_gateway_python._access.control import AccessControl
    from grpc_gateway_python._app.app import Gateway, create_app, serve
    from grpc_gateway_python._errors import StartError
    from grpc_gateway_python._limits import Limits
    from grpc_gateway_python._pages.document import Document
    from grpc_gateway_python._pages.page import Page
    from grpc_gateway_python._pages.path_prefix import is_path_prefix
    from grpc_gateway_python._pages.public_url import at_public_url, is_public_url
    from grpc_gateway_python._pages.site import OPENAPI_PATH
    from grpc_gateway_python._requests.metadata import HeaderNames
    from grpc_gateway_python._upstream.backends import GrpcTransport
    from grpc_gateway_python._upstream.targets import Servers, grpc_target
    from grpc_gateway_python.transcoding import Operation

__all__ = [
    "OPENAPI_PATH",
    "AccessControl",
    "CallerLimits",
    "Document",
    "Gateway",
    "GrpcTransport",
    "HeaderNames",
    "Limits",
    "Operation",
    "Page",
    "Servers",
    "StartError",
    "__version__",
    "at_public_url",
    "create_app",
    "grpc_target",
    "is_path_prefix",
    "is_public_url",
    "serve",
]

_MODULES: Final = {
    "OPENAPI_PATH": "_pages.site",
    "AccessControl": "_access.control",
    "CallerLimits": "_access.caller_limits",
    "Document": "_pages.document",
    "Gateway": "_app.app",
    "GrpcTransport": "_upstream.backends",
    "HeaderNames": "_requests.metadata",
    "Limits": "_limits",
    "Operation": "transcoding",
    "Page": "_pages.page",
    "Servers": "_upstream.targets",
    "StartError": "_errors",
    "at_public_url": "_pages.public_url",
    "create_app": "_app.app",
    "grpc_target": "_upstream.targets",
    "is_path_prefix": "_pages.path_prefix",
    "is_public_url": "_pages.public_url",
    "serve": "_app.app",
}
"""Public name → the module that defines it."""

if not TYPE_CHECKING:  # with it, a type checker would accept every name

    def __getattr__(name: str) -> object:
        """Imports a public name when it is first used: plugins and generated code need no Connexion."""
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
        globals()[name] = value
        return value
