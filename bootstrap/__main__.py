"""The entry point of `justw`: brings `.venv` up to date and replaces itself by the recipe."""

import os
import re
import sys
from typing import NoReturn

from bootstrap.caller import isolate
from bootstrap.environment import sync
from bootstrap.failure import fail
from bootstrap.places import BIN, ROOT
from bootstrap.ports import TOPOLOGY, check_ports
from bootstrap.stamp import current
from bootstrap.usage import HELP, recipes

INTERRUPTED = 130

IMPOSSIBLE = re.compile(r"""[:"$`\\\x00-\x1f]""")
"""Characters of a folder's name that break PATH, the first lines of scripts, or PostgreSQL's initdb."""


def main() -> NoReturn:
    """Runs a recipe, or prints the help."""
    if IMPOSSIBLE.search(str(ROOT)):
        fail(
            f"the folder {str(ROOT)!r} has a character in its name that PATH, scripts or PostgreSQL can't take: rename it"
        )
    arguments = sys.argv[1:]
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print("\n".join([HELP, *recipes()]))
        sys.exit()
    isolate(os.environ)
    if arguments[0] == "up" and not current():
        check_ports(arguments)
    sync()
    command = [BIN / "just", "--justfile", ROOT / "justfile", "--working-directory", ROOT]
    if arguments[0] == "up":
        # Not through `just`, which reports a recipe that Ctrl-C ends as an error.
        command = [BIN / "python", "-P", "-m", "embedded_stack", "--topology", TOPOLOGY]
    words = [*map(str, command), *arguments]
    os.execv(words[0], words)  # noqa: S606 - it needs no shell


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        print("justw: interrupted; run it again, and it goes on", file=sys.stderr)
        sys.exit(INTERRUPTED)
