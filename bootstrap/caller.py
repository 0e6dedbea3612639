"""Removes the variables of the caller that would change `justw` or its recipes."""

import os
import re
from collections.abc import MutableMapping

from bootstrap.places import BIN, VENV
from embedded_stack.environment import forget_libpq, keep_loopback_direct

FOREIGN = re.compile(r"PYTHON|PIP_|UV_|JUST_|VIRTUAL_ENV|CONDA_")
"""Variables for other Pythons and projects."""

DOWNLOADS = re.compile(
    r"(PIP|UV)_.*(INDEX|PROXY|CERT|TLS|HOST|CACHE|TIMEOUT|RETRIES|FIND_LINKS|OFFLINE|KEYRING|LINK_MODE|CONCURRENT|CONFIG_FILE)"
)
"""Variables of pip and uv about the source and the manner of downloads; these are kept."""


def isolate(environment: MutableMapping[str, str]) -> None:
    """Removes the variables for other Pythons, tools and servers."""
    for name in list(environment):
        if FOREIGN.match(name) and not DOWNLOADS.match(name):
            del environment[name]
    keep_loopback_direct(environment)
    forget_libpq(environment)
    # Otherwise Python reads and writes files in the encoding of the caller's locale.
    environment["PYTHONUTF8"] = "1"
    environment["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"
    environment["VIRTUAL_ENV"] = str(VENV)
    environment["PATH"] = f"{BIN}{os.pathsep}{environment.get('PATH', os.defpath)}"
