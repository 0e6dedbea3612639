"""`python -m gateway`: serves this system's REST API."""

import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from gateway.contracts import contract_documents
from gateway.events import event_documents, event_page, load_connection
from gateway.settings import GatewaySettings, access_control_of, backends_of
from grpc_gateway_python import OPENAPI_PATH, Gateway, Limits, StartError, serve
from shop.services_gateway import DOMAIN, OPERATIONS
from transactional_grpc.logging import configure
from transactional_grpc.settings import (
    LogSettings,
    SettingsError,
    load,
    permit_without_access_control,
)

ROOT: Final = Path(__file__).resolve().parent.parent
GENERATED: Final = ROOT / "gen"
ASYNCAPI: Final = GENERATED / "asyncapi" / "asyncapi.json"


def main(
    insecure: Annotated[
        bool, typer.Option("--insecure", help="Listen on any address, also without access control.")
    ] = False,
) -> None:
    """Runs until SIGTERM; a wrong setting ends it with one line."""
    try:
        configure(load(LogSettings), "gateway")
        settings = load(GatewaySettings)
        access_control = access_control_of(settings)
        connection = load_connection()
        limits = Limits(
            deadline_seconds=settings.deadline_seconds,
            slow_requests_per_peer_max=settings.slow_requests_per_peer,
            streams_max=settings.streams,
        )
        gateway = Gateway(
            operations=OPERATIONS,
            specification=GENERATED / "openapi" / "shop.swagger.json",
            documents={
                OPENAPI_PATH: GENERATED / "openapi" / "shop.openapi.json",
                **event_documents(ASYNCAPI, connection),
                **contract_documents(ROOT / "contracts"),
            },
            pages=[event_page(ASYNCAPI, connection)],
            backends=backends_of(OPERATIONS, settings.backends),
            transport=settings.grpc_transport,
            path_prefix=settings.path_prefix,
            public_url=settings.public_url,
            trusted_proxies=settings.trusted_proxies,
            domain=DOMAIN,
            limits=limits,
            cors_origins=settings.cors_origins,
            access_control=access_control,
        )
        if access_control is None:
            permit_without_access_control(
                "GATEWAY_ADDRESS",
                settings.address,
                remedy="GATEWAY_TOKEN_ISSUER",
                insecure=insecure,
            )
        serve(gateway, settings.address)
    except (SettingsError, StartError) as error:
        sys.exit(f"gateway: {error}")


if __name__ == "__main__":
    typer.run(main)
