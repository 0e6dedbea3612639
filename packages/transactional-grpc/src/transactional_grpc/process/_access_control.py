"""Access control of a process, by its settings: on with keys, otherwise off on loopback."""

from rpc_access import CallerTokenVerifier, KeySourceError
from transactional_grpc.process._settings import ServiceSettings
from transactional_grpc.settings import SettingsError, permit_without_access_control

KEYS_SETTING = "CALLER_TOKEN_JWKS_FILE"


def caller_tokens(
    settings: ServiceSettings, address_setting: str, *, insecure: bool
) -> CallerTokenVerifier | None:
    """Returns what verifies the tokens of callers, or None if access control is off.

    Args:
        settings: The settings of the service.
        address_setting: The variable that has the address, for errors.
        insecure: Whether the process may listen on another address than loopback without access control.

    Raises:
        SettingsError: The file has no keys, or other hosts could reach the address without access control.
    """
    if settings.caller_token_jwks_file is None:
        permit_without_access_control(
            address_setting, settings.grpc_address, remedy=KEYS_SETTING, insecure=insecure
        )
        return None
    try:
        return CallerTokenVerifier(settings.caller_token_jwks_file)
    except KeySourceError as error:
        raise SettingsError(f"{KEYS_SETTING}: {error}") from None
