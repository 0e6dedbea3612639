"""`exec` gives a command the addresses of the running stack."""

import json
import subprocess
import sys

import psycopg
from confluent_kafka.admin import AdminClient

from tests.integration.stack.conftest import CommandLine
from tests.shop_topology import ROOT

SHOW = (sys.executable, "-c", "import json, os; print(json.dumps(dict(os.environ)))")
SECONDS_MAX = 10
NAMES = (
    "ORDERS_DATABASE_URL",
    "PAYMENTS_DATABASE_URL",
    "KAFKA_BOOTSTRAP_SERVERS",
    "SCHEMA_REGISTRY_URL",
)


def test_a_command_gets_the_addresses_of_running_parts_only(stack: CommandLine) -> None:
    stack.run("up", "-d", "postgres")

    seen = json.loads(stack.run("exec", "--", *SHOW).stdout)

    psycopg.connect(seen["ORDERS_DATABASE_URL"]).close()
    assert "orders_service" in seen["ORDERS_DATABASE_URL"]
    assert "payments_service" in seen["PAYMENTS_DATABASE_URL"]
    assert not seen.keys() & {"KAFKA_BOOTSTRAP_SERVERS", "SCHEMA_REGISTRY_URL"}


def test_variables_of_the_caller_are_kept(stack: CommandLine) -> None:
    stack.run("up", "-d", "postgres")

    given = {"ORDERS_DATABASE_URL": "postgresql://elsewhere/orders", "PAYMENTS_DATABASE_URL": ""}
    seen = json.loads(stack.run("exec", "--", *SHOW, **given).stdout)

    assert seen["ORDERS_DATABASE_URL"] == "postgresql://elsewhere/orders"
    assert "payments_service" in seen["PAYMENTS_DATABASE_URL"]


def test_without_a_stack_the_error_names_the_variables_to_set(stack: CommandLine) -> None:
    missing = stack.run("exec", "--", *SHOW)
    given = stack.run("exec", "--", *SHOW, SCHEMA_REGISTRY_URL="https://registry.example")

    assert (missing.returncode, missing.stdout) == (2, "")
    assert missing.stderr == (
        f"stack: the stack of {stack.folder.path} is down: `./justw up` starts it; "
        f"or say where to go with {', '.join(NAMES)}\n"
    )
    assert json.loads(given.stdout)["SCHEMA_REGISTRY_URL"] == "https://registry.example"


def test_the_exit_status_is_that_of_the_command(stack: CommandLine) -> None:
    stack.run("up", "-d", "postgres")

    assert stack.run("exec", "--", sys.executable, "-c", "exit(7)").returncode == 7
    missing = stack.run("exec", "--", "no-such-command", "--option")
    assert (missing.returncode, missing.stderr) == (
        2,
        "stack: there is no command no-such-command\n",
    )


def test_an_audit_without_a_stack_exits_with_2(stack: CommandLine) -> None:
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


def test_a_command_gets_the_login_of_kafkas_administrator_with_access_control(
    stack: CommandLine,
) -> None:
    stack.run("up", "-d", "--auth", "kafka")

    seen = json.loads(stack.run("exec", "--", *SHOW).stdout)
    properties: dict[str, str | int | float | bool] = {
        name.removeprefix("KAFKA_").lower().replace("_", "."): value
        for name, value in seen.items()
        if name.startswith("KAFKA_")
    }

    assert properties["security.protocol"] == "SASL_PLAINTEXT"
    assert AdminClient(properties).list_topics(timeout=SECONDS_MAX).brokers
