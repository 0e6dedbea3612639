"""An issuer of tokens for tests: an HTTP server with a configuration and a JWK Set."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, Key, OKPKey
from joserfc.jws import JWSRegistry

AUDIENCE = "https://shop.example"


class Issuer:
    """Its keys, what it serves, and how often it was asked."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.keys: list[Key] = [new_key("first")]
        self.status = 200
        self.requests: list[str] = []
        self.documents: dict[str, bytes] = {}
        """Path → a document that replaces the right one."""
        self.may_respond = threading.Event()
        """While it isn't set, requests get no response."""
        self.may_respond.set()

    @property
    def jwks_url(self) -> str:
        return f"{self.url}/keys"

    def jwks(self) -> bytes:
        return json.dumps({"keys": [key.as_dict(private=False) for key in self.keys]}).encode()

    def document(self, path: str) -> bytes | None:
        configuration = json.dumps({"issuer": self.url, "jwks_uri": self.jwks_url}).encode()
        right = {"/.well-known/openid-configuration": configuration, "/keys": self.jwks()}
        return {**right, **self.documents}.get(path)

    def claims(self, **changes: Any) -> dict[str, Any]:
        """The claims of a valid token; a claim that is None is left out."""
        now = int(time.time())
        claims = {
            "iss": self.url,
            "aud": AUDIENCE,
            "sub": "alice",
            "scope": "orders:read orders:write",
            "iat": now,
            "exp": now + 300,
            **changes,
        }
        return {name: value for name, value in claims.items() if value is not None}

    def token(
        self, *, key: Key | None = None, header: dict[str, Any] | None = None, **changes: Any
    ) -> bytes:
        key = key or self.keys[0]
        return signed({"kid": key.kid, **(header or {})}, self.claims(**changes), key)


def new_key(kid: str) -> Key:
    return ECKey.generate_key("P-256", {"kid": kid})


def signed(header: dict[str, Any], claims: dict[str, Any], key: Key) -> bytes:
    algorithm = "Ed25519" if isinstance(key, OKPKey) else "ES256"
    header = {"alg": algorithm, "typ": "at+jwt", **header}
    header = {name: value for name, value in header.items() if value is not None}
    registry = JWSRegistry(algorithms=[header["alg"]], strict_check_header=False)
    return jwt.encode(header, claims, key, registry=registry, default_type=None).encode()


@contextmanager
def serving() -> Iterator[Issuer]:
    """Runs an issuer on a free port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            issuer.requests.append(self.path)
            issuer.may_respond.wait(10)
            body = issuer.document(self.path)
            self.send_response(issuer.status if body is not None else 404)
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_: object) -> None:
            """Writes no log."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    issuer = Issuer(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=[0.01])
    thread.start()
    try:
        yield issuer
    finally:
        issuer.may_respond.set()
        server.shutdown()
        thread.join()
        server.server_close()
