"""Ends the processes of a supervisor that has ended, even by SIGKILL.

The supervisor starts `python -m embedded_stack._supervisor.guard FOLDER PID` and holds the other end of its standard input,
which the kernel closes for it even after SIGKILL.
"""

import signal
import sys
from pathlib import Path

from embedded_stack._supervisor.folder import Folder
from embedded_stack._supervisor.record import Record, sweep


def main(folder: str, supervisor: str) -> None:
    """Waits for the supervisor's end, then ends the processes that it left; a clean stop leaves none."""
    # Ignored: Ctrl-C and SIGTERM end the supervisor, and this process waits for that.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    sys.stdin.read()
    record = Record.load(Folder(Path(folder)))
    if record and record.supervisor.pid == int(supervisor):
        sweep(record)


if __name__ == "__main__":
    main(*sys.argv[1:])
