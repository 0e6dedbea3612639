"""The system that the stories are played against."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from clients.language import Documents
from embedded_stack.client import access_token
from embedded_stack.errors import StackError
from embedded_stack.testing import running
from embedded_stack.topology import load_topology
from toolchain.places import ROOT

GATEWAY = "gateway"
OPENAPI, SWAGGER = "/openapi.json", "/swagger/doc.json"
REQUEST_SECONDS_MAX = 10.0


@dataclass(frozen=True)
class System:
    """A system that runs."""

    url: str
    token_of: Callable[[str], str]
    """Returns a user's access token."""

    def download(self, folder: Path) -> Documents:
        """Downloads the documents into a folder.

        Raises:
            httpx.HTTPError: the gateway doesn't respond, or responds with an error.
        """
        documents = Documents(folder / "openapi.json", folder / "swagger.json")
        folder.mkdir(parents=True, exist_ok=True)
        # The caller's proxy can't reach this machine's loopback.
        with httpx.Client(base_url=self.url, timeout=REQUEST_SECONDS_MAX, trust_env=False) as http:
            for path, file in ((OPENAPI, documents.openapi), (SWAGGER, documents.swagger)):
                file.write_bytes(http.get(path).raise_for_status().content)
        return documents


@contextmanager
def own_system() -> Iterator[System]:
    """Runs a system with access control on free ports for the length of the block.

    Raises:
        StackError: a part of it can't be started.
    """
    with running(load_topology(ROOT / "topology.toml"), GATEWAY, auth=True) as stack:
        yield System(stack.endpoints.url(GATEWAY), stack.token)


def system_at(url: str) -> System:
    """Returns the stack on this machine, which is up with access control, under any URL that leads to it."""
    topology = load_topology(ROOT / "topology.toml")

    def token_of(user: str) -> str:
        token = access_token(topology, user)
        if token is None:
            raise StackError(
                "the stack runs without access control: start it with `./justw up --auth`"
            )
        return token

    return System(url, token_of)
