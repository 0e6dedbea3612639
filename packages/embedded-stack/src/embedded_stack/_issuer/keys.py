"""The private keys of a stack, in files that only its owner can read."""

import json

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey

from embedded_stack._supervisor.folder import Folder, write_private
from embedded_stack.errors import StackError

CURVE = "P-256"
ALGORITHM = "ES256"
KEYS_MAX = 2
"""The key that signs, and the one before it: its tokens stay valid until they expire."""


class IssuerKeys:
    """The keys of the issuer, newest first. Every use reads the file again, so a rotation needs no restart."""

    def __init__(self, folder: Folder) -> None:
        self._file = folder.path / "issuer-keys.json"

    def create(self) -> None:
        """Creates the file with a first key, unless it exists."""
        if not self._file.exists():
            self._write([_new_key()])

    def rotate(self) -> None:
        """Adds a key that signs from now on, and removes the keys before the last one.

        Raises:
            StackError: the file is missing or damaged.
        """
        self._write([_new_key(), *self._read()][:KEYS_MAX])

    @property
    def signing(self) -> ECKey:
        """The key that signs.

        Raises:
            StackError: the file is missing or damaged.
        """
        return self._read()[0]

    def public(self) -> str:
        """Returns the JWK Set of the public keys (RFC 7517).

        Raises:
            StackError: the file is missing or damaged.
        """
        return json.dumps({"keys": [key.as_dict(private=False) for key in self._read()]})

    def _read(self) -> list[ECKey]:
        try:
            members = json.loads(self._file.read_bytes())["keys"]
            keys = [ECKey.import_key(member) for member in members]
        except FileNotFoundError:
            raise StackError(f"there is no {self._file}: the stack never ran with --auth") from None
        except (JoseError, LookupError, TypeError, ValueError):
            keys = []
        if not keys:
            raise StackError(f"{self._file} is damaged: remove it, and restart the stack")
        return keys

    def _write(self, keys: list[ECKey]) -> None:
        write_private(self._file, json.dumps({"keys": [key.as_dict(private=True) for key in keys]}))


class CallerTokenKey:
    """The key pair of the tokens by which one service tells the others who calls: it alone gets the private key."""

    def __init__(self, folder: Folder) -> None:
        self.private = folder.path / "caller-token-key.json"
        """A file with the private JWK."""
        self.public = folder.path / "caller-token-jwks.json"
        """A file with the JWK Set of the public key."""

    def create(self) -> None:
        """Creates both files, unless they exist."""
        if self.private.exists() and self.public.exists():
            return
        key = OKPKey.generate_key("Ed25519", {"use": "sig"}, auto_kid=True)
        write_private(self.public, json.dumps({"keys": [key.as_dict(private=False)]}))
        write_private(self.private, json.dumps(key.as_dict(private=True)))


def _new_key() -> ECKey:
    return ECKey.generate_key(CURVE, {"use": "sig", "alg": ALGORITHM}, auto_kid=True)
