"""The server of a process, by its settings: with access control, or open on loopback."""

from rpc_access import CallerTokenVerifier, KeySourceError
from transactional_grpc.process._settings import ServiceSettings
from transactional_grpc.server import Server
from transactional_grpc.settings import SettingsError, permit_without_access_control

KEYS_SETTING = "CALLER_TOKEN_JWKS_FILE"


def server_of(
    settings: ServiceSettings, address_setting: str, *, serves_rpcs: bool, insecure: bool
) -> Server:
    """Returns the server of a process.

    Args:
        settings: The settings of the service.
        address_setting: The variable that has the address, for errors.
        serves_rpcs: Whether it serves more than health checks.
        insecure: Whether it may listen on another address than loopback without access control.

    Raises:
        SettingsError: The file has no keys, or other hosts could reach the address without access control.
        PortInUseError: The address can't be bound.
    """
    tokens = _caller_tokens(settings)
    if tokens is None and serves_rpcs:
        permit_without_access_control(
            address_setting, settings.grpc_address, remedy=KEYS_SETTING, insecure=insecure
        )
    reflection = settings.grpc_reflection
    return Server(
        settings.grpc_address,
        settings.grpc_transport,
        caller_tokens=tokens,
        reflection=tokens is None if reflection is None else reflection,
    )


def _caller_tokens(settings: ServiceSettings) -> CallerTokenVerifier | None:
    if settings.caller_token_jwks_file is None:
        return None
    try:
        return CallerTokenVerifier(settings.caller_token_jwks_file)
    except KeySourceError as error:
        raise SettingsError(f"{KEYS_SETTING}: {error}") from None
