"""The server of the issuer: `python -m embedded_stack._issuer FOLDER PORT`.

It serves the documents by which verifiers find its keys, and no tokens: `token` signs them with the key in the stack's
folder, so only the stack's owner gets one.
"""

import json
import sys
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from embedded_stack._issuer.keys import ALGORITHM, IssuerKeys
from embedded_stack._issuer.server import CONFIGURATION, NOTICE, issuer_url
from embedded_stack._supervisor.folder import Folder
from embedded_stack.errors import StackError
from embedded_stack.listeners import HOST

JWKS = "/jwks.json"
SILENCE_SECONDS_MAX = 5


def configuration(issuer: str) -> str:
    """Returns the metadata of OpenID Connect Discovery 1.0, section 3; there are no endpoints for clients."""
    return json.dumps(
        {
            "issuer": issuer,
            "jwks_uri": issuer + JWKS,
            "response_types_supported": [],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [ALGORITHM],
        }
    )


class _Handler(BaseHTTPRequestHandler):
    keys: IssuerKeys
    issuer: str
    timeout = SILENCE_SECONDS_MAX

    def do_GET(self) -> None:
        """Responds with a document."""
        if self.path == CONFIGURATION:
            return self._respond(HTTPStatus.OK, configuration(self.issuer))
        if self.path != JWKS:
            return self._respond(HTTPStatus.NOT_FOUND, "{}")
        try:
            return self._respond(HTTPStatus.OK, self.keys.public())
        except StackError as error:
            self.log_error("%s", error)
            return self._respond(HTTPStatus.INTERNAL_SERVER_ERROR, "{}")

    def _respond(self, status: HTTPStatus, document: str) -> None:
        body = document.encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def main(folder: Path, port: int) -> None:
    """Serves until SIGTERM."""
    handler = type(
        "Handler", (_Handler,), {"keys": IssuerKeys(Folder(folder)), "issuer": issuer_url(port)}
    )
    with ThreadingHTTPServer((HOST, port), handler) as server:
        print(f"the issuer {issuer_url(port)} is {NOTICE}", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
