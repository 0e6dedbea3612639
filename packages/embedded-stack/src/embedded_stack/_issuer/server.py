"""The issuer as a server of the stack."""

from dataclasses import dataclass

from embedded_stack._issuer.keys import CallerTokenKey, IssuerKeys
from embedded_stack._supervisor.folder import Folder
from embedded_stack._supervisor.process import Command
from embedded_stack.environment import python
from embedded_stack.listeners import HOST

CONFIGURATION = "/.well-known/openid-configuration"
"""By OpenID Connect Discovery 1.0, section 4."""
NOTICE = "for development only: it has no log-in, and whoever can read the stack's folder can sign any token"


def issuer_url(port: int) -> str:
    """Returns the issuer's identifier, the claim `iss`."""
    return f"http://{HOST}:{port}"


@dataclass(frozen=True)
class Issuer:
    """The embedded issuer."""

    folder: Folder
    port: int

    @property
    def url(self) -> str:
        """The issuer's identifier."""
        return issuer_url(self.port)

    @property
    def configuration_url(self) -> str:
        """The URL that responds 200 once the issuer serves its keys."""
        return self.url + CONFIGURATION

    def create_keys(self) -> None:
        """Creates the keys of access tokens and of caller tokens, unless they exist."""
        IssuerKeys(self.folder).create()
        CallerTokenKey(self.folder).create()

    def command(self) -> Command:
        """Returns the server's command."""
        words = python("embedded_stack._issuer")
        return Command("issuer", (*words, self.folder.path, str(self.port)))
