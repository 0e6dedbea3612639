"""Reads JWK Sets (RFC 7517) with public keys for signatures."""

from typing import Any, Final

from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet, import_key

from rpc_access._errors import KeySourceError
from rpc_access._json_objects import json_object

KEYS_MAX: Final = 100
KEY_TYPES: Final = frozenset({"RSA", "EC", "OKP"})
"""The types of asymmetric keys. A symmetric key in a published set is a mistake, and never verifies a token."""
RSA_BITS_MIN: Final = 2048
"""By RFC 7518, section 3.3."""
BASE64_BITS: Final = 6
"""The bits of one character."""


def key_set_of(text: bytes, place: str) -> KeySet:
    """Returns the keys of a JWK Set that can verify signatures; other keys are ignored (RFC 7517, section 5).

    Args:
        text: The JWK Set, as JSON.
        place: The URL or the file that it is from, for errors.

    Raises:
        KeySourceError: The text is no JWK Set, or has no usable key or a private one.
    """
    try:
        members = json_object(text)["keys"]
    except (KeyError, ValueError):
        raise KeySourceError(f"{place}: is no JWK Set") from None
    if not isinstance(members, list) or len(members) > KEYS_MAX:
        raise KeySourceError(f"{place}: must have a list of at most {KEYS_MAX} keys")
    keys = [key for member in members if (key := _key_of(member)) is not None]
    if any(key.is_private for key in keys):
        raise KeySourceError(f"{place}: has a private key; verifiers need the public ones only")
    if not keys:
        raise KeySourceError(f"{place}: has no public key for signatures")
    return KeySet(keys)


def _key_of(member: Any) -> Key | None:
    if not isinstance(member, dict) or member.get("kty") not in KEY_TYPES:
        return None
    if member.get("use", "sig") != "sig":
        return None
    try:
        if member["kty"] == "RSA" and len(member["n"]) * BASE64_BITS < RSA_BITS_MIN:
            return None
        return import_key(member)
    except (JoseError, KeyError, TypeError, ValueError):
        return None
