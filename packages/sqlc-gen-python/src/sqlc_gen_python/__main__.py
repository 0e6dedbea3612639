"""The program `sqlc-gen-python`: sqlc's plugin, and the command `verify`."""

import argparse
import base64
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from sqlc_gen_python._errors import GenerateError
from sqlc_gen_python._generate import generate
from sqlc_gen_python._version import __version__

PROGRAM = "sqlc-gen-python"


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the plugin or a command.

    Args:
        arguments: The command line without the program's name.

    Returns:
        The exit status. A user's mistake is one line on standard error and status 1.
    """
    given = sys.argv[1:] if arguments is None else arguments
    # sqlc passes the name of an RPC, such as /plugin.CodegenService/Generate.
    if not given or given[0].startswith("/"):
        return _report(_run_plugin)
    parsed = _parser().parse_args(given)
    return _report(lambda: _verify(parsed.file))


def _report(command: Callable[[], int]) -> int:
    try:
        return command()
    except GenerateError as error:
        sys.stderr.write(f"{PROGRAM}: {error}\n")
        return 1


def _run_plugin() -> int:
    """Reads sqlc's request from standard input and writes the files to standard output."""
    # Several queries may use the same column; each warning is printed once.
    warnings: dict[str, None] = {}
    try:
        files = generate(sys.stdin.buffer.read(), warnings.setdefault)
    finally:
        for warning in warnings:
            sys.stderr.write(f"{PROGRAM}: warning: {warning}\n")
    response = [
        {"name": name, "contents": base64.b64encode(text.encode()).decode()}
        for name, text in sorted(files.items())
    ]
    json.dump({"files": response}, sys.stdout)
    return 0


def _verify(file: Path) -> int:
    # Imported here because the plugin runs without the packages that it imports.
    try:
        from sqlc_gen_python._verify.command import verify  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise GenerateError(
            f"verify needs {error.name}: pip install 'sqlc-gen-python[verify]'"
        ) from None

    number, problems = verify(file)
    for problem in problems:
        sys.stderr.write(f"{problem}\n")
    if not problems:
        sys.stdout.write(f"the types of {number} queries are PostgreSQL's\n")
    return int(bool(problems))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=PROGRAM,
        description="A sqlc plugin for psycopg. sqlc runs it without a command.",
    )
    parser.add_argument("--version", action="version", version=f"{PROGRAM} {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    verify = commands.add_parser(
        "verify",
        help="compare the generated types with those of PostgreSQL",
        description="Lets PostgreSQL prepare the queries of each `database: uri:` and compares the"
        " types of their parameters and columns with the generated types.",
    )
    verify.add_argument(
        "-f",
        "--file",
        type=Path,
        default=Path("sqlc.yaml"),
        help="sqlc's configuration (default: %(default)s)",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
