"""The command line of a service's process."""

import sys
from typing import Annotated, Any

import typer
import uvloop

from transactional_events.process._process import Role, ServiceProcess
from transactional_events.process._requirements import NotRegisteredError
from transactional_events.registry import RegistryError
from transactional_events.topics import TopicError, as_json
from transactional_grpc import logging
from transactional_grpc.database import DatabaseError
from transactional_grpc.process import StoppedError
from transactional_grpc.server import PortInUseError
from transactional_grpc.settings import LogSettings, SettingsError, load

CANNOT_START = (
    DatabaseError,
    NotRegisteredError,
    PortInUseError,
    RegistryError,
    SettingsError,
    TopicError,
)


def main(process: ServiceProcess[Any]) -> None:
    """Runs a service; an error that keeps it from starting is one line, without a traceback."""

    def command(
        role: Annotated[Role, typer.Option(help="Which part of the work to do.")] = Role.ALL,
        insecure: Annotated[
            bool,
            typer.Option("--insecure", help="Listen on any address, also without access control."),
        ] = False,
        kafka_acls: Annotated[
            bool,
            typer.Option(
                "--kafka-acls", help="Print the ACLs that its Kafka user needs, as JSON, and exit."
            ),
        ] = False,
    ) -> None:
        if kafka_acls:
            print(as_json(process.acls()))
            return
        try:
            logging.configure(load(LogSettings), process.name)
            uvloop.run(process.run(role, insecure=insecure))
        except StoppedError:
            return
        except CANNOT_START as error:
            sys.exit(f"{process.name}: {error}")

    command.__doc__ = (
        f"Runs the {process.name} service until SIGTERM or Ctrl-C, then lets its work end.\n\n"
        "Its settings are environment variables: "
        f"{process.name.upper()}_DATABASE_URL, {process.name.upper()}_GRPC_ADDRESS, "
        "KAFKA_BOOTSTRAP_SERVERS, SCHEMA_REGISTRY_URL; LOG_LEVEL and LOG_FORMAT if you like. "
        "Access control is on with CALLER_TOKEN_JWKS_FILE; GRPC_REFLECTION=true lists the services then, too."
    )
    typer.run(command)
