"""The stamp that a set-up writes at its end: what is installed, where, and for which Python."""

import hashlib
from collections.abc import Callable

from bootstrap.places import BIN, ROOT, VENV

STAMP = VENV / ".synced"
PINS = (ROOT / "bootstrap.lock", ROOT / "requirements.lock", ROOT / "pyproject.toml")


def current() -> bool:
    """Whether exactly what is pinned is installed."""
    return stamped(lambda: identity() + pins())


def whole() -> bool:
    """Whether a set-up came to its end here, with the Python that is there now."""
    return stamped(identity)


def stamped(content: Callable[[], str]) -> bool:
    """Whether the stamp, which a set-up writes at its end, begins with this content."""
    try:
        return STAMP.read_text(encoding="utf-8").startswith(content())
    except OSError:
        return False


def identity() -> str:
    """Tells where the environment is and which Python it links to: packages fit no other version."""
    return f"{VENV}\n{(BIN / 'python').resolve(strict=True)}\n"


def pins() -> str:
    """Tells what has to be installed."""
    return hashlib.sha256(b"".join(path.read_bytes() for path in PINS)).hexdigest()


def write() -> None:
    """Says that what is pinned is installed; the stamp appears whole or not at all."""
    draft = STAMP.with_suffix(".draft")
    draft.write_text(identity() + pins(), encoding="utf-8")
    draft.replace(STAMP)


def remove() -> None:
    """Says that a set-up is under way; one that is interrupted leaves no stamp."""
    STAMP.unlink(missing_ok=True)
