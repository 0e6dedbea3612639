"""The folder of one stack: its data, logs, passwords and lock."""

import os
from pathlib import Path

from embedded_stack.errors import StackError

LOCK = "lock"


class Folder:
    """The folder of one stack; only its owner can read the files in it."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self.logs = self.path / "logs"
        self.lock = self.path / LOCK
        self.record = self.path / "processes.json"
        self.passwords = self.path / "passwords.json"

    def create(self) -> None:
        """Creates the folder, unless it exists.

        Raises:
            StackError: the path is not a stack's folder.
        """
        require_usable_folder(self.path)
        # Another `up` may be creating it: the lock is the first file that it creates.
        if self.path.exists() and any(self.path.iterdir()) and not self.lock.exists():
            raise StackError(f"{self.path} is not empty and not a stack's folder; name another")
        created = [folder for folder in self.path.parents if not folder.exists()]
        self.path.mkdir(parents=True, exist_ok=True)
        for folder in (self.path, *created):
            folder.chmod(self._passable)
        self.lock.touch(mode=0o600)
        self.logs.mkdir(mode=0o700, exist_ok=True)
        self.logs.chmod(0o700)

    def create_data(self) -> None:
        """Creates the folder of all data; each part has a private folder in it."""
        data = self.path / "data"
        data.mkdir(exist_ok=True)
        data.chmod(self._passable)

    @property
    def _passable(self) -> int:
        # Root's PostgreSQL runs as another user, which has to enter this folder.
        return 0o711 if os.geteuid() == 0 else 0o700

    def data(self, name: str) -> Path:
        """Returns the folder of a part's data."""
        return self.path / "data" / name

    def log(self, name: str) -> Path:
        """Returns the log of a process."""
        return self.logs / f"{name}.log"

    def check(self) -> None:
        """Makes sure that this is a stack's folder, before it is removed.

        Raises:
            StackError: it is not.
        """
        if not self.lock.is_file():
            raise StackError(f"{self.path} is not a stack's folder")


def require_usable_folder(path: Path, characters: str = "") -> None:
    """Rejects a folder's name that a part can't use.

    Args:
        path: the folder.
        characters: further characters to reject.

    Raises:
        StackError: the name has a control character, a byte that is no UTF-8, or one of these.
    """
    for character in str(path):
        # Java can't open a name that is not UTF-8, and a properties file can't hold a line break.
        if character < " " or "\ud800" <= character <= "\udfff" or character in characters:
            raise StackError(f"the folder {str(path)!r} has {character!r} in its name: use another")


def write_private(path: Path, text: str) -> None:
    """Replaces a file atomically; only its owner can read it."""
    draft = path.with_name(f"{path.name}.draft")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    draft.replace(path)
