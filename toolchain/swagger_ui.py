"""Copies the pinned Swagger UI into grpc-gateway-python: `python -m toolchain.swagger_ui`.

The package has the files, because a wheel can't depend on an npm package, and no package on PyPI has a current Swagger UI
without a web framework. `toolchain/pages/package.json` names the version; `./justw lock` pins its hash and copies.
"""

import shutil
from pathlib import Path

from toolchain.node import install
from toolchain.places import ROOT

PINS = ROOT / "toolchain" / "pages"
COPY = ROOT / "packages/grpc-gateway-python/src/grpc_gateway_python/_pages/static/swagger-ui"
FILES = (
    "LICENSE",
    "NOTICE",
    "swagger-ui-bundle.js",
    "swagger-ui-bundle.js.LICENSE.txt",
    "swagger-ui.css",
)


def pinned() -> Path:
    """Installs the pinned npm package, unless that is done, and returns its folder."""
    return install(PINS) / "node_modules" / "swagger-ui-dist"


if __name__ == "__main__":
    for name in FILES:
        shutil.copyfile(pinned() / name, COPY / name)
