"""Random passwords of the stack's database roles."""

import json
import secrets
from collections.abc import Iterable

from pydantic import TypeAdapter, ValidationError

from embedded_stack._supervisor.folder import Folder, write_private
from embedded_stack.errors import StackError

PASSWORD_BYTES = 24
PASSWORDS = TypeAdapter(dict[str, str])


def owner_role(service: str) -> str:
    """Names the role that owns a service's database and may change its tables."""
    return f"{service}_owner"


def service_role(service: str) -> str:
    """Names the role that a service runs as; it reads and writes rows."""
    return f"{service}_service"


def load(folder: Folder, roles: Iterable[str]) -> dict[str, str]:
    """Returns a password for each role; generates those that the stack's file doesn't have yet.

    Raises:
        StackError: the file is damaged.
    """
    passwords = _read(folder)
    missing = {
        role: secrets.token_urlsafe(PASSWORD_BYTES) for role in roles if role not in passwords
    }
    if missing:
        passwords |= missing
        write_private(folder.passwords, json.dumps(passwords, indent=2))
    return passwords


def _read(folder: Folder) -> dict[str, str]:
    if not folder.passwords.exists():
        return {}
    try:
        return PASSWORDS.validate_json(folder.passwords.read_bytes(), strict=True)
    except ValidationError:
        raise StackError(f"{folder.passwords} is damaged; `reset` makes a new stack") from None
