"""`python -m grpc_gateway_python._serve_generated`: serves what is generated in a folder, for `just transcode`."""

import importlib
import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

import typer

from grpc_gateway_python._app.app import Gateway, serve
from grpc_gateway_python._errors import StartError
from grpc_gateway_python._pages.site import OPENAPI_PATH
from grpc_gateway_python._upstream.backends import GrpcTransport
from grpc_gateway_python._upstream.targets import Servers
from grpc_gateway_python.transcoding import Operation

INDEX: Final = "services_gateway"


def main(
    generated: Annotated[Path, typer.Option(help="Folder with modules and api.swagger.json.")],
    backend: Annotated[str, typer.Option(help="The gRPC target of the server.")],
    port: Annotated[int, typer.Option(help="Loopback port to listen on.")],
    grpc_transport: Annotated[
        GrpcTransport, typer.Option(envvar="GRPC_TRANSPORT", help="What calls the gRPC server.")
    ] = GrpcTransport.ASYNCIO,
    validate: Annotated[bool, typer.Option(help="Check requests against the spec.")] = True,
) -> None:
    """Serves until SIGTERM."""
    try:
        operations = _operations(generated)
        gateway = Gateway(
            operations=operations,
            specification=generated / "api.swagger.json",
            documents={OPENAPI_PATH: generated / "api.openapi.json"},
            backends={operation.service: Servers(backend) for operation in operations},
            transport=grpc_transport,
            validates=validate,
        )
        serve(gateway, f"127.0.0.1:{port}")
    except StartError as error:
        sys.exit(f"gateway: {error}")


def _operations(folder: Path) -> Sequence[Operation]:
    found = sorted(folder.rglob(f"{INDEX}.py"))
    if not found:
        sys.exit("gateway: no service has a method to serve")
    _make_importable(folder)
    name = ".".join(found[0].relative_to(folder).with_suffix("").parts)
    operations: Sequence[Operation] = importlib.import_module(name).OPERATIONS
    return operations


def _make_importable(folder: Path) -> None:
    """Lets generated modules be imported, those of packages that this process has, too.

    A contract's package may be called `gateway` or `orders`; Python then looks for its modules in
    the folders of the package that it knows.
    """
    sys.path.insert(0, str(folder))
    for child in folder.iterdir():
        if child.is_dir() and (spec := importlib.util.find_spec(child.name)) and spec.origin:
            importlib.import_module(child.name).__path__.append(str(child))


if __name__ == "__main__":
    typer.run(main)
