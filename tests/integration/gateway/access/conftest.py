"""Two gateways with access control in front of the same services: one serves requests directly, one never does."""

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from joserfc.jwk import OKPKey

from grpc_gateway_python import AccessControl, CallerLimits, Gateway, Servers
from grpc_gateway_python._app.app import create_app_and_routes
from rpc_access import BearerTokens, CallerTokenSigner, CallerTokenVerifier
from rpc_access_tests.issuer import AUDIENCE, Issuer
from rpc_access_tests.issuer import serving as serving_issuer
from shop.services_gateway import DOMAIN, OPERATIONS
from tests.integration.gateway.access.credentials import ALICE, CONFUSED, Headers
from tests.integration.gateway.access.owned_replies import OwnedReplies
from tests.integration.gateway.access.requests import Request
from tests.integration.gateway.conftest import DEFAULT
from tests.integration.gateway.serving import SPECIFICATION, serving

VARYING = frozenset({"date", "x-request-id"})
RETRY = re.compile(r"^retry: [0-9]+$", re.MULTILINE)
"""How long clients of a stream wait before they connect again: a random time."""
NO_LIMITS = CallerLimits(
    subject_rate=1e6, subject_burst=10**6, address_rate=1e6, address_burst=10**6
)


@dataclass(frozen=True)
class Seen:
    """What a client sees of a response, without what differs from one to the next."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: str

    def header(self, name: str) -> str | None:
        return dict(self.headers).get(name)

    def reason(self) -> str:
        found = re.search(r'"reason":"(\w+)"', self.body)
        return found[1] if found else ""


class Gateways:
    """The direct gateway and the one that serves everything through its app."""

    def __init__(self, addresses: list[tuple[str, int]], backend: OwnedReplies) -> None:
        self.backend = backend
        self.urls = [f"http://{host}:{port}" for host, port in addresses]
        self._clients = [httpx.Client(base_url=url, timeout=15) for url in self.urls]

    def ask(self, request: Request, headers: Headers, content: bytes | None = None) -> Seen:
        """Sends a request twice to both gateways, which must respond alike; the second time, a right token is known."""
        seen = set()
        for client in self._clients * 2:
            response = client.request(
                request.method,
                request.path,
                params=request.query,
                json=request.json if content is None else None,
                content=content,
                headers=headers,
            )
            kept = [item for item in response.headers.multi_items() if item[0] not in VARYING]
            body = RETRY.sub("retry: …", response.text)
            seen.add(Seen(response.status_code, tuple(sorted(kept)), body))
        assert len(seen) == 1, seen
        return seen.pop()

    def close(self) -> None:
        for client in self._clients:
            client.close()


@pytest.fixture(scope="session")
def issuer() -> Iterator[Issuer]:
    with serving_issuer() as issuer:
        issuer.keys.append(CONFUSED)
        yield issuer


@pytest.fixture(scope="session")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    key = OKPKey.generate_key("Ed25519", {"kid": "gateway"})
    file = tmp_path_factory.mktemp("keys") / "key.json"
    file.write_text(json.dumps(key.as_dict(private=True)))
    public = file.with_name("public.json")
    public.write_text(json.dumps({"keys": [key.as_dict(private=False)]}))
    return file


@pytest.fixture(scope="session")
def verifier(key_file: Path) -> CallerTokenVerifier:
    return CallerTokenVerifier(key_file.with_name("public.json"))


def gateway_of(
    issuer: Issuer, key_file: Path, backend: str, limits: CallerLimits = NO_LIMITS
) -> Gateway:
    tokens = BearerTokens(issuer.url, AUDIENCE, fetch_interval_seconds_min=0.01)
    return Gateway(
        operations=OPERATIONS,
        specification=SPECIFICATION,
        backends={"shop": Servers(backend)},
        transport=DEFAULT,
        domain=DOMAIN,
        access_control=AccessControl(tokens, CallerTokenSigner(key_file), limits),
    )


@pytest.fixture(scope="session")
def gateways(issuer: Issuer, key_file: Path) -> Iterator[Gateways]:
    with OwnedReplies(ALICE) as backend, ExitStack() as stack:
        addresses = []
        for is_direct in (True, False):
            gateway = gateway_of(issuer, key_file, backend.address)
            app, routes = create_app_and_routes(gateway)
            direct = routes if is_direct else None
            addresses.append(stack.enter_context(serving(app, gateway.limits, DOMAIN, direct)))
        gateways = Gateways(addresses, backend)
        stack.callback(gateways.close)
        yield gateways
