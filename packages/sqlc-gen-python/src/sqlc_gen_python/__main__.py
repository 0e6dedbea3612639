"""`sqlc-gen-python`: sqlc's plugin, and the command that compares its output with a database.

As a plugin it reads sqlc's request on standard input and writes the files to standard output.
"""

import base64
import json
import sys
from functools import cache

from sqlc_gen_python.errors import GenerateError
from sqlc_gen_python.generate import generate
from sqlc_gen_python.request import parse_request


def main() -> None:
    """Runs the plugin or a command; a user's mistake ends it with one line and status 1."""
    try:
        # sqlc gives the name of an RPC.
        if len(sys.argv) > 1 and not sys.argv[1].startswith("/"):
            from sqlc_gen_python.verify.command import app  # noqa: PLC0415 - slow to import

            app()
        else:
            _run_plugin()
    except GenerateError as error:
        sys.exit(f"sqlc-gen-python: {error}")


def _run_plugin() -> None:
    files = generate(parse_request(sys.stdin.buffer.read()), _warn)
    answer = [
        {"name": name, "contents": base64.b64encode(text.encode()).decode()}
        for name, text in sorted(files.items())
    ]
    json.dump({"files": answer}, sys.stdout)


@cache
def _warn(message: str) -> None:
    """Says it once, however many queries use the column."""
    sys.stderr.write(f"sqlc-gen-python: warning: {message}\n")


if __name__ == "__main__":
    main()
