"""Keeps the caller's environment from changing what the stack does on loopback.

This module imports nothing but the standard library, so a script can use it before anything is installed.
"""

import os
import sys
from collections.abc import Mapping, MutableMapping

__all__ = ["for_process", "forget_libpq", "keep_loopback_direct", "python"]

PASSED_ON = ("HOME", "PATH", "TMPDIR")
"""The only variables of the caller that every process gets: no password that happens to be there."""

FIXED = {"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
"""Java decodes paths by the locale; the logs of all parts use one time zone."""

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def python(module: str) -> tuple[str, ...]:
    """Returns the words that run a module; -P ignores modules of the same name in the caller's folder."""
    return (sys.executable, "-P", "-m", module)


def for_process(given: Mapping[str, str]) -> dict[str, str]:
    """Returns the whole environment of a process of the stack."""
    inherited = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return {**inherited, **FIXED, **given}


def keep_loopback_direct(environment: MutableMapping[str, str]) -> None:
    """Exempts loopback from the caller's proxies; downloads go on using these."""
    for name in ("no_proxy", "NO_PROXY"):
        given = [word.strip() for word in environment.get(name, "").split(",") if word.strip()]
        missing = [host for host in LOOPBACK if host not in given]
        environment[name] = ",".join([*given, *missing])


def forget_libpq(environment: MutableMapping[str, str]) -> None:
    """Removes the variables of libpq, because PGHOSTADDR or PGOPTIONS would change connections to the stack's URLs."""
    for name in [name for name in environment if name.startswith("PG")]:
        del environment[name]
