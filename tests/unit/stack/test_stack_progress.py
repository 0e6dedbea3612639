"""The progress that a first run shows: `justw` for the tools, the stack for the servers."""

import asyncio
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from stack.artifacts import Artifact
from stack.artifacts.download import download
from stack.console import Console
from stack.errors import StackError
from stack.settings import ROOT

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


@pytest.mark.parametrize("terminal", [True, False])
def test_servers_have_one_total_before_the_first_byte(tmp_path: Path, *, terminal: bool) -> None:
    artifacts = [Artifact(f"a/{name}.jar", "0" * 64, 4_000_000) for name in ("one", "two")]
    console = Console(file=io.StringIO(), force_terminal=terminal, width=80)

    # No server has such a port: no byte ever comes.
    with pytest.raises(StackError, match="cannot download"):
        asyncio.run(download(artifacts, "http://127.0.0.1:none", tmp_path, console))

    assert isinstance(console.file, io.StringIO)
    shown = console.file.getvalue()
    if terminal:
        assert "2/2 servers" in shown
        assert "0.0/8.0 MB" in shown
    else:
        assert shown == "2/2 servers: downloading 2 files, 8 MB, once\n"
