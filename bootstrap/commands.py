"""Runs the commands of the set-up and shows their progress on a terminal."""

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

from bootstrap.failure import fail
from bootstrap.places import ROOT

BAR_WIDTH = 40
REDRAW_SECONDS = 0.2


def run(lock: int, *command: str | Path, total: int = 0) -> None:
    """Runs a command of the set-up and ends `justw` when it fails.

    The command has a process group of its own, so Ctrl-C reaches only `justw`, which then kills the group.

    Args:
        lock: the descriptor of the set-up's lock, which the command inherits.
        command: the words of the command.
        total: the bytes that the command writes, for a progress bar; 0 shows none.
    """
    words = [str(word) for word in command]
    with subprocess.Popen(
        words, cwd=ROOT, stdout=subprocess.DEVNULL, process_group=0, pass_fds=(lock,)
    ) as process:
        try:
            code = wait(process, total)
        except KeyboardInterrupt:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            raise
    if code:
        fail(f"set-up failed at `{' '.join(words)}` (exit {code}); fix that, then run again")


def wait(process: subprocess.Popen[bytes], total: int) -> int:
    """Waits for a command's end and returns its exit code; with a total, a terminal shows a bar of the bytes written."""
    if not (total and sys.stderr.isatty()):
        return process.wait()
    try:
        while True:
            try:
                return process.wait(timeout=REDRAW_SECONDS)
            except subprocess.TimeoutExpired:
                done = min(written(process.pid), total)
                bar = "#" * (BAR_WIDTH * done // total)
                line = f"1/2 tools [{bar:{BAR_WIDTH}}] {done // 10**6} of {total // 10**6} MB"
                print(f"\r{line}", end="", file=sys.stderr, flush=True)
    finally:
        print("\r\033[K", end="", file=sys.stderr, flush=True)


def written(pid: int) -> int:
    """Returns the bytes that a process has written; 0 when the kernel has no such counter."""
    try:
        counters = Path(f"/proc/{pid}/io").read_text(encoding="ascii")
        return int(counters.partition("wchar:")[2].split()[0])
    except (OSError, IndexError):
        return 0
