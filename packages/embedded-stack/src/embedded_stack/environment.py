"""What the caller's environment may change: nothing of what the stack does on loopback."""

import os
import sys
from collections.abc import Mapping, MutableMapping

PASSED_ON = ("HOME", "PATH", "TMPDIR")
"""All that a process gets of the caller's environment: no password that happens to be there."""

FIXED = {"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
"""Java decodes paths by the locale; logs of all parts have one time zone."""

NOT_THE_CALLERS = ("GATEWAY_ADDRESS", "GATEWAY_BACKENDS", "GATEWAY_PORT", "GATEWAY_SERVICE_")
"""Where the stack's gateway and services are is the stack's choice; the last two are Kubernetes'."""

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def python(module: str) -> tuple[str, ...]:
    """Runs a module of the project; the caller's folder may hold a module of the same name."""
    return (sys.executable, "-P", "-m", module)


def for_process(given: Mapping[str, str]) -> dict[str, str]:
    """The whole environment of a process of the stack."""
    inherited = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return {**inherited, **FIXED, **given}


def gateway_settings() -> dict[str, str]:
    """The caller's settings of the gateway, but those that the stack decides itself."""
    return {
        name: value
        for name, value in os.environ.items()
        if name.startswith("GATEWAY_") and not name.startswith(NOT_THE_CALLERS)
    }


def keep_loopback_direct(environment: MutableMapping[str, str]) -> None:
    """Exempts loopback from the caller's proxies, which downloads go on using."""
    for name in ("no_proxy", "NO_PROXY"):
        given = [word.strip() for word in environment.get(name, "").split(",") if word.strip()]
        missing = [host for host in LOOPBACK if host not in given]
        environment[name] = ",".join([*given, *missing])


def forget_libpq(environment: MutableMapping[str, str]) -> None:
    """Removes the variables of libpq: PGHOSTADDR or PGOPTIONS would apply to the stack's URLs."""
    for name in [name for name in environment if name.startswith("PG")]:
        del environment[name]
