"""First runs of `justw` that are killed, interrupted, or started twice at once."""

import os
import signal
import subprocess
import time

from tests.integration.justw.conftest import INSTALLING, SECONDS_MAX, Checkout

POLL_SECONDS = 0.002


def wait_for(pattern: str, checkout: Checkout, process: "subprocess.Popen[str]") -> None:
    """Waits until the set-up has created a file in the environment."""
    deadline = time.monotonic() + SECONDS_MAX
    while not any(checkout.venv.glob(pattern)):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline, f"no {pattern}"
        time.sleep(POLL_SECONDS)


def test_a_run_after_interrupted_and_killed_ones_repairs_the_environment(
    checkout: Checkout,
) -> None:
    # A run removes the leftovers of the previous run once that run's commands have ended.
    with checkout.open(with_uv=False) as process:
        wait_for("bin/python", checkout, process)
        process.kill()
    with checkout.open(with_uv=False) as process:
        wait_for("lib/*/site-packages/pip", checkout, process)
        os.killpg(process.pid, signal.SIGINT)  # Ctrl-C
        output, errors = process.communicate(timeout=SECONDS_MAX)
    for moment in ("bin/hatchling", "lib/*/site-packages/small-1.dist-info"):
        with checkout.open() as killed:
            wait_for(moment, checkout, killed)
            killed.kill()

    interrupted = "justw: interrupted; run it again, and it goes on\n"
    # The run may have waited for the commands of the killed one, and printed nothing yet.
    assert (process.returncode, output, errors.removeprefix(INSTALLING)) == (130, "", interrupted)
    assert checkout.run() == INSTALLING
    assert checkout.run() == ""


def test_two_concurrent_first_runs_install_once(checkout: Checkout) -> None:
    with checkout.open() as one, checkout.open() as other:
        (output, errors), (other_output, other_errors) = (
            process.communicate(timeout=SECONDS_MAX) for process in (one, other)
        )

    assert output == other_output == checkout.where
    assert sorted([errors, other_errors]) == ["", INSTALLING]
