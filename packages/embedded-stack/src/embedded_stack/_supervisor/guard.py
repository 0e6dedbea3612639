"""Ends what a supervisor started when the supervisor is gone, however it went.

The supervisor starts `python -m embedded_stack._supervisor.guard FOLDER PID` and holds the other end of its standard input,
which the kernel closes for it even after SIGKILL.
"""

import signal
import sys
from pathlib import Path

from embedded_stack._supervisor.folder import Folder
from embedded_stack._supervisor.record import Record, sweep


def main(folder: str, supervisor: str) -> None:
    """Waits for the supervisor's end, then sweeps; a clean stop has left nothing to sweep."""
    # Ctrl-C and a polite `kill` are for the supervisor, whose end this one waits for.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    sys.stdin.read()
    record = Record.load(Folder(Path(folder)))
    if record and record.supervisor.pid == int(supervisor):
        sweep(record)


if __name__ == "__main__":
    main(*sys.argv[1:])
