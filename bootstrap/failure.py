"""How `justw` tells a user what is wrong."""

import sys
from typing import NoReturn


def fail(message: str) -> NoReturn:
    """Ends with one line that says what is wrong."""
    sys.exit(f"justw: {message}")
