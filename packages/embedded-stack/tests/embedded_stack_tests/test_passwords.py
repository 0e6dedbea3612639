from pathlib import Path

import pytest

from embedded_stack._servers import passwords
from embedded_stack._supervisor.folder import Folder
from embedded_stack.errors import StackError


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    folder = Folder(tmp_path / "stack")
    folder.create()
    return folder


def test_passwords_are_made_once_and_differ(folder: Folder, tmp_path: Path) -> None:
    first = passwords.load(folder)

    assert passwords.load(folder) == first
    assert len(set(first.model_dump().values())) == len(first.model_dump())
    other = Folder(tmp_path / "other")
    other.create()
    assert passwords.load(other) != first


def test_only_the_owner_can_read_them(folder: Folder) -> None:
    passwords.load(folder)
    assert folder.passwords.stat().st_mode & 0o777 == 0o600


def test_a_damaged_file_is_said_without_its_content(folder: Folder) -> None:
    folder.passwords.write_text('{"registry": 17, "secret')
    with pytest.raises(StackError, match=r"passwords\.json is damaged") as refusal:
        passwords.load(folder)
    assert "secret" not in str(refusal.value)
