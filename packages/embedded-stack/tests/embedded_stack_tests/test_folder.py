import os
from pathlib import Path

import pytest

from embedded_stack._artifacts.cache import Cache
from embedded_stack._supervisor.console import Console
from embedded_stack._supervisor.folder import Folder
from embedded_stack._supervisor.process import PRIVATE
from embedded_stack.errors import StackError


def test_an_interrupted_creation_of_a_folder_can_be_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same state exists for a moment when two `up` create it at the same time."""
    folder = Folder(tmp_path / "new")
    with monkeypatch.context() as patched:
        patched.setattr(Path, "touch", killed)
        with pytest.raises(KeyboardInterrupt):
            folder.create()
    folder.create()
    assert folder.logs.is_dir()
    folder.check()


@pytest.mark.parametrize("character", ["\n", "\t", "\udce9"], ids=ascii)
def test_a_folder_name_with_a_control_character_is_rejected_in_one_line(
    tmp_path: Path, character: str
) -> None:
    name = str(tmp_path / f"a{character}b")
    with pytest.raises(StackError) as raised:
        Folder(Path(name)).create()

    assert str(raised.value) == f"the folder {name!r} has {character!r} in its name: use another"
    assert list(tmp_path.iterdir()) == []


def test_created_parent_folders_have_the_mode_of_the_folder(tmp_path: Path) -> None:
    tmp_path.chmod(0o750)
    folder = Folder(tmp_path / "outer" / "inner" / "stack")
    before = os.umask(PRIVATE)
    try:
        folder.create()
    finally:
        os.umask(before)

    created = [folder.path, folder.path.parent, folder.path.parent.parent]
    assert {path.stat().st_mode & 0o777 for path in created} == {0o700 if os.geteuid() else 0o711}
    assert tmp_path.stat().st_mode & 0o777 == 0o750


def test_logs_of_earlier_versions_become_private(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.lock.touch()
    folder.logs.mkdir(mode=0o755)

    folder.create()

    assert folder.logs.stat().st_mode & 0o777 == 0o700


def test_a_cache_folder_with_a_colon_in_its_name_is_rejected(tmp_path: Path) -> None:
    with pytest.raises(StackError, match=r"a:b' has ':' in its name: use another"):
        Cache(tmp_path / "a:b", None, Console(quiet=True))


def killed(*_: object, **__: object) -> None:
    raise KeyboardInterrupt
