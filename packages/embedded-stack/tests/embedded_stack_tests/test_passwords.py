from pathlib import Path

import pytest

from embedded_stack._servers import passwords
from embedded_stack._supervisor.folder import Folder
from embedded_stack.errors import StackError

ROLES = ("postgres", "catalog_owner", "catalog_service")


@pytest.fixture
def stack_folder(tmp_path: Path) -> Folder:
    folder = Folder(tmp_path / "stack")
    folder.create()
    return folder


def test_passwords_are_generated_once_and_differ(stack_folder: Folder, tmp_path: Path) -> None:
    first = passwords.load(stack_folder, ROLES)

    assert passwords.load(stack_folder, ROLES) == first
    assert len(set(first.values())) == len(first) == len(ROLES)
    other = Folder(tmp_path / "other")
    other.create()
    assert passwords.load(other, ROLES) != first


def test_a_new_service_gets_passwords_in_an_existing_stack(stack_folder: Folder) -> None:
    first = passwords.load(stack_folder, ROLES)
    more = passwords.load(stack_folder, (*ROLES, "billing_owner"))

    assert more == first | {"billing_owner": more["billing_owner"]}
    assert passwords.load(stack_folder, ROLES) == more


def test_only_the_owner_can_read_the_passwords(stack_folder: Folder) -> None:
    passwords.load(stack_folder, ROLES)
    assert stack_folder.passwords.stat().st_mode & 0o777 == 0o600


def test_the_error_of_a_damaged_file_has_none_of_its_content(stack_folder: Folder) -> None:
    stack_folder.passwords.write_text('{"registry": 17, "secret')
    with pytest.raises(StackError, match=r"passwords\.json is damaged") as error:
        passwords.load(stack_folder, ROLES)
    assert "secret" not in str(error.value)
