from pathlib import Path

import pytest

from stack.folder import Folder


def test_a_folder_whose_making_was_cut_short_is_still_a_stacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or is at its start, when two `up`s make it at the same time."""
    folder = Folder(tmp_path / "new")
    with monkeypatch.context() as patched:
        patched.setattr(Path, "touch", killed)
        with pytest.raises(KeyboardInterrupt):
            folder.create()
    folder.create()
    assert folder.logs.is_dir()
    folder.check()


def killed(*_: object, **__: object) -> None:
    raise KeyboardInterrupt
