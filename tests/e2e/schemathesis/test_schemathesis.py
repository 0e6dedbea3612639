"""Schemathesis finds nothing in the running system, whichever document it reads.

`schemathesis.toml` says what a run is: all checks and phases, warnings and too few successes fail.
"""

import subprocess
import sys

import pytest

from stack.running import Running

RUN_SECONDS_MAX = 240
OUTPUT_CHARACTERS_MAX = 20_000


@pytest.mark.timeout(RUN_SECONDS_MAX + 60)
@pytest.mark.parametrize(
    ("document", "seed"),
    [
        ("/openapi.json", 1),
        ("/swagger/doc.json", 2),
        ("/openapi.json", 3),
        ("/swagger/doc.json", 4),
        ("/openapi.json", 5),
    ],
)
def test_schemathesis_finds_nothing(system: Running, document: str, seed: int) -> None:
    url = system.endpoints.gateway_url + document
    done = subprocess.run(
        [sys.executable, "-m", "schemathesis.cli", "run", url, "--seed", str(seed)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=RUN_SECONDS_MAX,
    )
    assert done.returncode == 0, done.stdout[-OUTPUT_CHARACTERS_MAX:]
