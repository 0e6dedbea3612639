"""Ends `justw` with an error."""

import sys
from typing import NoReturn


def fail(message: str) -> NoReturn:
    """Prints an error in one line and exits with 1."""
    sys.exit(f"justw: {message}")
