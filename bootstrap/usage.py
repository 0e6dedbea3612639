"""The text of `./justw --help`."""

import re

from bootstrap.places import ROOT

HELP = """\
shop: a contract-first order and payment system (REST gateway, orders and payments services, Kafka, Schema Registry, PostgreSQL).

Usage: ./justw RECIPE [ARGUMENTS]

First steps:
  ./justw up       starts everything on this machine and prints where it is; Ctrl-C stops it
  ./justw demo     in another shell: plays a whole order over REST
  ./justw up --auth, ./justw token USER: the same with access control, and a user's access token
  ./justw test     everything that CI runs
  ./justw up --help tells the options and settings of the stack; README.md tells the rest.

Recipes:"""


def recipes() -> list[str]:
    """Lists the recipes of the justfile with the comment above each."""
    found, comment = [], ""
    for line in (ROOT / "justfile").read_text(encoding="utf-8").splitlines():
        head = re.match(r"([a-z][a-z-]*)[^=]*:(?!=)", line)
        if line.startswith("# "):
            comment = line[2:]
        elif head and comment:
            found.append(f"  {head.group(1):18}{comment}")
        if not line.startswith(("#", "[")):
            comment = ""
    return found
