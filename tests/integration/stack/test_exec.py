"""`exec` tells a command where the running stack's parts are."""

import json
import subprocess
import sys

import psycopg

from tests.integration.stack.conftest import CommandLine
from tests.shop_topology import ROOT

SHOW = (sys.executable, "-c", "import json, os; print(json.dumps(dict(os.environ)))")
NAMES = (
    "ORDERS_DATABASE_URL",
    "PAYMENTS_DATABASE_URL",
    "KAFKA_BOOTSTRAP_SERVERS",
    "SCHEMA_REGISTRY_URL",
)


def test_a_command_is_told_what_runs_and_no_more(stack: CommandLine) -> None:
    stack.run("up", "-d", "postgres")

    seen = json.loads(stack.run("exec", "--", *SHOW).stdout)

    psycopg.connect(seen["ORDERS_DATABASE_URL"]).close()
    assert "orders_service" in seen["ORDERS_DATABASE_URL"]
    assert "payments_service" in seen["PAYMENTS_DATABASE_URL"]
    assert not seen.keys() & {"KAFKA_BOOTSTRAP_SERVERS", "SCHEMA_REGISTRY_URL"}


def test_what_the_caller_says_is_kept(stack: CommandLine) -> None:
    stack.run("up", "-d", "postgres")

    told = {"ORDERS_DATABASE_URL": "postgresql://elsewhere/orders", "PAYMENTS_DATABASE_URL": ""}
    seen = json.loads(stack.run("exec", "--", *SHOW, **told).stdout)

    assert seen["ORDERS_DATABASE_URL"] == "postgresql://elsewhere/orders"
    assert "payments_service" in seen["PAYMENTS_DATABASE_URL"]


def test_without_a_stack_the_caller_has_to_say_where_to_go(stack: CommandLine) -> None:
    refused = stack.run("exec", "--", *SHOW)
    told = stack.run("exec", "--", *SHOW, SCHEMA_REGISTRY_URL="https://registry.example")

    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr == (
        f"stack: the stack of {stack.folder.path} is down: `./justw up` starts it; "
        f"or say where to go with {', '.join(NAMES)}\n"
    )
    assert json.loads(told.stdout)["SCHEMA_REGISTRY_URL"] == "https://registry.example"


def test_the_exit_code_is_the_commands(stack: CommandLine) -> None:
    stack.run("up", "-d", "postgres")

    assert stack.run("exec", "--", sys.executable, "-c", "exit(7)").returncode == 7
    missing = stack.run("exec", "--", "no-such-command", "--option")
    assert (missing.returncode, missing.stderr) == (
        2,
        "stack: there is no command no-such-command\n",
    )


def test_an_audit_without_a_stack_is_not_a_broken_invariant(stack: CommandLine) -> None:
    audit = subprocess.run(
        (ROOT / "justw", "audit"),
        cwd=stack.folder.path.parent,
        env=stack.environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (audit.returncode, audit.stdout) == (2, "")
    (line,) = audit.stderr.splitlines()
    assert line.startswith(f"stack: the stack of {stack.folder.path} is down: ")
