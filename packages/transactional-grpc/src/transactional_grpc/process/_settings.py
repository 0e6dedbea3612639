"""The settings of a service's process: its database and its address."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import BaseSettings

from transactional_grpc.database import require_usable
from transactional_grpc.server import STREAMS_MAX, GrpcTransport
from transactional_grpc.settings import Address


def _usable(url: SecretStr) -> SecretStr:
    require_usable(url.get_secret_value())
    return url


class ServiceSettings(BaseSettings):
    """The settings of a service; the service's name is the prefix of the variables."""

    database_url: Annotated[SecretStr, AfterValidator(_usable)]
    """The service's own database, as a role that may only read and write rows."""
    grpc_address: Address
    """Where the service listens."""
    grpc_transport: Annotated[GrpcTransport, Field(validation_alias="GRPC_TRANSPORT")] = (
        GrpcTransport.ASYNCIO
    )
    """The implementation of gRPC that serves: `asyncio` for asyncio-grpc-http2, or `grpcio`."""
    caller_token_jwks_file: Annotated[
        Path | None, Field(validation_alias="CALLER_TOKEN_JWKS_FILE")
    ] = None
    """A JWK Set with the public keys of the gateways, which sign the tokens of callers; access control is on with it."""
    grpc_reflection: Annotated[bool | None, Field(validation_alias="GRPC_REFLECTION")] = None
    """Whether everybody may list the services with their contracts; if unset, they may if access control is off."""
    grpc_streams_max: Annotated[int, Field(ge=1, validation_alias="GRPC_STREAMS_MAX")] = STREAMS_MAX
    """How many streams there may be at once, such as watchers of orders."""

    @property
    def has_reflection(self) -> bool:
        """Whether everybody may list the services with their contracts."""
        if self.grpc_reflection is None:
            return self.caller_token_jwks_file is None
        return self.grpc_reflection
