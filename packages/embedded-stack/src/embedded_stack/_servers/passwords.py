"""Random passwords of the stack's database roles."""

import secrets

from pydantic import BaseModel, Field, ValidationError

from embedded_stack._supervisor.folder import Folder, write_private
from embedded_stack.errors import StackError

PASSWORD_BYTES = 24


def _password() -> str:
    return secrets.token_urlsafe(PASSWORD_BYTES)


class Passwords(BaseModel, extra="forbid"):
    """One password per role; made once per stack, kept in a file only its owner can read."""

    postgres: str = Field(default_factory=_password)
    orders_owner: str = Field(default_factory=_password)
    orders_service: str = Field(default_factory=_password)
    payments_owner: str = Field(default_factory=_password)
    payments_service: str = Field(default_factory=_password)
    registry: str = Field(default_factory=_password)

    def of(self, role: str) -> str:
        """The password of a role."""
        return str(getattr(self, role))


def load(folder: Folder) -> Passwords:
    """Reads the stack's passwords, or makes them at its first start.

    Raises:
        StackError: the file is damaged.
    """
    if not folder.passwords.exists():
        write_private(folder.passwords, Passwords().model_dump_json(indent=2))
    try:
        return Passwords.model_validate_json(folder.passwords.read_bytes())
    except ValidationError:
        raise StackError(f"{folder.passwords} is damaged; `reset` makes a new stack") from None
