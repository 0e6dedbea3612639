"""Schemathesis finds nothing in the running system, whichever document it reads.

`schemathesis.toml` says what a run is: all checks and phases, warnings and too few successes fail.
By hand, against a system that runs: `schemathesis run http://127.0.0.1:8080/openapi.json --seed 7`.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from embedded_stack.testing import Running

RUN_SECONDS_MAX = 240
OUTPUT_CHARACTERS_MAX = 20_000
OPENAPI = "/openapi.json"
SWAGGER = "/swagger/doc.json"
DOCUMENT = Path(__file__).parents[3] / "gen" / "openapi" / "shop.openapi.json"


def schemathesis(
    document: str, *words: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "schemathesis.cli", "run", document, *words],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=RUN_SECONDS_MAX,
    )


@pytest.mark.timeout(RUN_SECONDS_MAX + 60)
@pytest.mark.parametrize(
    ("document", "seed"), [(OPENAPI, 1), (SWAGGER, 2), (OPENAPI, 3), (SWAGGER, 4), (OPENAPI, 5)]
)
def test_schemathesis_finds_no_failure(system: Running, document: str, seed: int) -> None:
    done = schemathesis(system.endpoints.url("gateway") + document, "--seed", str(seed))
    assert done.returncode == 0, done.stdout[-OUTPUT_CHARACTERS_MAX:]


@pytest.mark.timeout(RUN_SECONDS_MAX + 60)
@pytest.mark.parametrize(("document", "seed"), [(OPENAPI, 6), (SWAGGER, 7)])
def test_schemathesis_finds_no_failure_with_access_control(
    guarded_system: Running, document: str, seed: int
) -> None:
    done = schemathesis(
        guarded_system.endpoints.url("gateway") + document,
        "--seed",
        str(seed),
        STACK_FOLDER=str(guarded_system.folder),
    )
    assert done.returncode == 0, done.stdout[-OUTPUT_CHARACTERS_MAX:]


def test_schemathesis_finds_a_limit_that_the_server_does_not_have(
    system: Running, tmp_path: Path
) -> None:
    document = json.loads(DOCUMENT.read_text())
    request = document["components"]["schemas"]["CreateOrderRequest"]
    request["properties"]["description"]["maxLength"] = 100
    (tmp_path / "false.json").write_text(json.dumps(document))
    done = schemathesis(
        str(tmp_path / "false.json"),
        "--url",
        system.endpoints.url("gateway"),
        "--phases",
        "coverage",
    )
    assert "Schema-violating request accepted" in done.stdout, done.stdout[-OUTPUT_CHARACTERS_MAX:]
    assert done.returncode == 1


def test_schemathesis_finds_operations_that_ignore_tokens(system: Running) -> None:
    """The system has no access control; the document says that it has."""
    done = schemathesis(
        str(DOCUMENT),
        "--url",
        system.endpoints.url("gateway"),
        "--phases",
        "coverage",
        STACK_FOLDER=str(system.folder),
    )
    assert "API accepts requests without authentication" in done.stdout, done.stdout[
        -OUTPUT_CHARACTERS_MAX:
    ]
    assert done.returncode == 1


def test_a_schemathesis_run_of_404s_fails(system: Running) -> None:
    nowhere = f"{system.endpoints.url('gateway')}/nowhere"
    done = schemathesis(str(DOCUMENT), "--url", nowhere, "--phases", "coverage")
    assert "Missing test data" in done.stdout, done.stdout[-OUTPUT_CHARACTERS_MAX:]
    assert done.returncode == 1
