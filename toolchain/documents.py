"""Lints the generated documents: `python -m toolchain.documents`.

The OpenAPI documents are linted as a gateway with a public URL serves them: Swagger 2.0 has no host otherwise.
Spectral and Redocly read the OpenAPI documents. Spectral and AsyncAPI's own parser read the AsyncAPI document.
A warning fails as an error does.
"""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from grpc_gateway_python import at_public_url
from toolchain.node import environment, install
from toolchain.places import ROOT

LINTERS = ROOT / "toolchain" / "linters"
OPENAPI = (
    ROOT / "gen" / "openapi" / "shop.swagger.json",
    ROOT / "gen" / "openapi" / "shop.openapi.json",
)
ASYNCAPI = (ROOT / "gen" / "asyncapi" / "asyncapi.json",)
PUBLIC_URL = "https://api.shop.example"
LINT_SECONDS_MAX = 120

# Neither linter calls home.
QUIET = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}

SPECTRAL = ("node_modules/.bin/spectral", "lint", "--fail-severity=warn", "--quiet", "--ruleset")
COMMANDS = {
    "spectral": (*SPECTRAL, "openapi.spectral.yaml"),
    "redocly": ("node_modules/.bin/redocly", "lint", "--config=redocly.yaml"),
    "spectral-asyncapi": (*SPECTRAL, "asyncapi.spectral.yaml"),
    "asyncapi-parser": ("node", "asyncapi.mjs"),
}
"""Linter → its command, in an installed copy of `LINTERS`."""
DOCUMENTS = {
    "spectral": OPENAPI,
    "redocly": OPENAPI,
    "spectral-asyncapi": ASYNCAPI,
    "asyncapi-parser": ASYNCAPI,
}
"""Linter → the documents that it reads."""


def problems(linter: str, *documents: Path) -> str:
    """Returns what a linter reports about documents, or an empty text if the linter accepts them."""
    with TemporaryDirectory() as folder:
        served = [_served(document, Path(folder)) for document in documents]
        done = subprocess.run(
            [*COMMANDS[linter], *map(str, served)],
            cwd=install(LINTERS),
            env=environment() | QUIET,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=LINT_SECONDS_MAX,
        )
    return f"{linter}:\n{done.stdout}" if done.returncode else ""


def _served(path: Path, folder: Path) -> Path:
    """Writes a document as it is served into the folder."""
    document = json.loads(path.read_text())
    if "asyncapi" not in document:
        document = at_public_url(document, PUBLIC_URL)
    served = folder / path.name
    served.write_text(json.dumps(document, indent=2, ensure_ascii=False))
    return served


def main() -> None:
    """Runs every linter, and exits with 1 when one reports a problem."""
    with ThreadPoolExecutor() as pool:
        found = list(pool.map(lambda linter: problems(linter, *DOCUMENTS[linter]), COMMANDS))
    print("".join(found), end="")
    sys.exit(1 if any(found) else 0)


if __name__ == "__main__":
    main()
