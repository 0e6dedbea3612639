"""`sqlc-gen-python`: reads sqlc's request on standard input, writes the files to standard output."""

import base64
import json
import sys
from functools import cache

from codegen.sqlc_gen_python.errors import GenerateError
from codegen.sqlc_gen_python.generate import generate
from codegen.sqlc_gen_python.request import parse_request


def main() -> None:
    """Runs as sqlc's process plugin; a user's mistake ends it with one line and status 1."""
    try:
        files = generate(parse_request(sys.stdin.buffer.read()), _warn)
    except GenerateError as error:
        sys.exit(f"sqlc-gen-python: {error}")
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
