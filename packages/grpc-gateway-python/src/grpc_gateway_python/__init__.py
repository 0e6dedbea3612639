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
    from grpc_gateway_python._app.app import OPENAPI_PATH, Gateway, create_app, serve
    from grpc_gateway_python._errors import StartError
    from grpc_gateway_python._limits import Limits
    from grpc_gateway_python._requests.metadata import HeaderNames
    from grpc_gateway_python._upstream.backends import GrpcTransport
    from grpc_gateway_python._upstream.targets import Servers, grpc_target
    from grpc_gateway_python.transcoding import Operation

__all__ = [
    "OPENAPI_PATH",
    "AccessControl",
    "CallerLimits",
    "Gateway",
    "GrpcTransport",
    "HeaderNames",
    "Limits",
    "Operation",
    "Servers",
    "StartError",
    "__version__",
    "create_app",
    "grpc_target",
    "serve",
]

_MODULES: Final = {
    "OPENAPI_PATH": "_app.app",
    "AccessControl": "_access.control",
    "CallerLimits": "_access.caller_limits",
    "Gateway": "_app.app",
    "GrpcTransport": "_upstream.backends",
    "HeaderNames": "_requests.metadata",
    "Limits": "_limits",
    "Operation": "transcoding",
    "Servers": "_upstream.targets",
    "StartError": "_errors",
    "create_app": "_app.app",
    "grpc_target": "_upstream.targets",
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
