"""The progress bar of the tools that `justw` installs."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
WRITE = "open('/dev/null', 'wb').write(bytes(3_000_000)); print('written', flush=True); input()"
SHOW = f"""
import subprocess, sys
sys.path.insert(0, {str(ROOT)!r})
from bootstrap.commands import wait
with subprocess.Popen([sys.executable, "-c", {WRITE!r}]) as process:
    sys.exit(wait(process, 4_000_000))
"""


def test_tools_have_one_bar_with_a_total_on_a_terminal() -> None:
    terminal, end = os.openpty()
    with subprocess.Popen(
        (sys.executable, "-c", SHOW),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=end,
    ) as process:
        os.close(end)
        shown = b""
        while b"] 3 of 4 MB" not in shown:
            shown += os.read(terminal, 1024)
        assert process.stdin
        process.stdin.write(b"\n")
        process.stdin.close()
        assert process.wait() == 0
    os.close(terminal)
    assert b"1/2 tools [" + b"#" * 30 + b" " * 10 + b"] 3 of 4 MB" in shown


def test_tools_have_no_bar_elsewhere() -> None:
    ran = subprocess.run(
        (sys.executable, "-c", SHOW), input="\n", capture_output=True, text=True, check=True
    )
    assert ran.stderr == ""
