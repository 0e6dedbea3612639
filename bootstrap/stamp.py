"""The stamp that a set-up writes at its end: the environment's path, its Python, and a digest of the pins."""

import hashlib
from collections.abc import Callable

from bootstrap.places import BIN, ROOT, VENV

STAMP = VENV / ".synced"
PINS = (ROOT / "bootstrap.lock", ROOT / "requirements.lock", ROOT / "pyproject.toml")


def current() -> bool:
    """Tells whether exactly the pinned packages are installed."""
    return stamped(lambda: identity() + pins())


def whole() -> bool:
    """Tells whether a set-up was completed at this path, with the Python that `.venv` links to now."""
    return stamped(identity)


def stamped(content: Callable[[], str]) -> bool:
    """Tells whether the stamp begins with some content."""
    try:
        return STAMP.read_text(encoding="utf-8").startswith(content())
    except OSError:
        return False


def identity() -> str:
    """Returns the environment's path and the Python that it links to: packages fit no other version."""
    return f"{VENV}\n{(BIN / 'python').resolve(strict=True)}\n"


def pins() -> str:
    """Returns a digest of the files that pin packages."""
    return hashlib.sha256(b"".join(path.read_bytes() for path in PINS)).hexdigest()


def write() -> None:
    """Writes the stamp, atomically: the pinned packages are installed."""
    draft = STAMP.with_suffix(".draft")
    draft.write_text(identity() + pins(), encoding="utf-8")
    draft.replace(STAMP)


def remove() -> None:
    """Removes the stamp before a set-up, so that an interrupted one leaves none."""
    STAMP.unlink(missing_ok=True)
