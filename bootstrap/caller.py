"""What of the caller's environment `justw` and its recipes get."""

import os
import re
from collections.abc import MutableMapping

from bootstrap.places import BIN, VENV
from embedded_stack.environment import forget_libpq, keep_loopback_direct

FOREIGN = re.compile(r"PYTHON|PIP_|UV_|JUST_|VIRTUAL_ENV|CONDA_")
"""Settings that the caller made for other Pythons and projects."""

DOWNLOADS = re.compile(
    r"(PIP|UV)_.*(INDEX|PROXY|CERT|TLS|HOST|CACHE|TIMEOUT|RETRIES|FIND_LINKS|OFFLINE|KEYRING|LINK_MODE|CONCURRENT|CONFIG_FILE)"
)
"""Settings of pip and uv that say from where and how to download; these are kept."""


def isolate(environment: MutableMapping[str, str]) -> None:
    """Removes what the caller set for other Pythons, tools and servers."""
    for name in list(environment):
        if FOREIGN.match(name) and not DOWNLOADS.match(name):
            del environment[name]
    keep_loopback_direct(environment)
    forget_libpq(environment)
    # Python would read and write files in the encoding of the caller's locale.
    environment["PYTHONUTF8"] = "1"
    environment["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"
    environment["VIRTUAL_ENV"] = str(VENV)
    environment["PATH"] = f"{BIN}{os.pathsep}{environment.get('PATH', os.defpath)}"
