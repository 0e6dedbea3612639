"""The folder of one stack: its data, logs, passwords and lock."""

import os
from pathlib import Path

from embedded_stack.errors import StackError

LOCK = "lock"


class Folder:
    """`.stack/`; whatever is in it may be read by its owner only."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self.logs = self.path / "logs"
        self.lock = self.path / LOCK
        self.record = self.path / "processes.json"
        self.passwords = self.path / "passwords.json"

    def create(self) -> None:
        """Makes the folder, unless it is there.

        Raises:
            StackError: the path is something else, such as a folder of yours.
        """
        refuse_unusable(self.path)
        # Another `up` may be making it: the lock is the first that it makes in there.
        if self.path.exists() and any(self.path.iterdir()) and not self.lock.exists():
            raise StackError(f"{self.path} is not empty and not a stack's folder; name another")
        made = [folder for folder in self.path.parents if not folder.exists()]
        self.path.mkdir(parents=True, exist_ok=True)
        for folder in (self.path, *made):
            folder.chmod(self._passable)
        self.lock.touch(mode=0o600)
        self.logs.mkdir(mode=0o700, exist_ok=True)
        self.logs.chmod(0o700)

    def create_data(self) -> None:
        """Makes the folder of the parts' data, each of which has a private folder in it."""
        data = self.path / "data"
        data.mkdir(exist_ok=True)
        data.chmod(self._passable)

    @property
    def _passable(self) -> int:
        # Root's PostgreSQL runs as another user, who has to pass through.
        return 0o711 if os.geteuid() == 0 else 0o700

    def data(self, name: str) -> Path:
        """Where a part keeps its data."""
        return self.path / "data" / name

    def log(self, name: str) -> Path:
        """Where the output of a process goes."""
        return self.logs / f"{name}.log"

    def check(self) -> None:
        """Makes sure that this is a stack's folder, so that nothing else is ever removed.

        Raises:
            StackError: it is not.
        """
        if not self.lock.is_file():
            raise StackError(f"{self.path} is not a stack's folder")


def refuse_unusable(path: Path, characters: str = "") -> None:
    """Refuses what no part can use in a folder's name, and more characters if one part can't.

    Raises:
        StackError: the name has a control character, a byte that is no UTF-8, or one of these.
    """
    for character in str(path):
        # Java can't open what is no UTF-8, and files of settings can't hold a line break.
        if character < " " or "\ud800" <= character <= "\udfff" or character in characters:
            raise StackError(f"the folder {str(path)!r} has {character!r} in its name: use another")


def write_private(path: Path, text: str) -> None:
    """Replaces a file in one step; only its owner can read it."""
    draft = path.with_name(f"{path.name}.draft")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    draft.replace(path)
