"""An environment that doesn't fit its folder, its Python or the pins is rebuilt."""

import shutil
from pathlib import Path

from tests.integration.justw.conftest import INSTALLING, Checkout


def other_python(checkout: Checkout) -> Path:
    """Creates an interpreter without the packages, as the system's `python3` is after an upgrade."""
    other = checkout.folder / "python3.99"
    other.write_text("#!/bin/sh\necho 'no module is found here' >&2; exit 1\n")
    other.chmod(0o755)
    return other


def test_an_environment_is_rebuilt_after_a_move_a_copy_another_python_and_other_pins(
    checkout: Checkout,
) -> None:
    assert checkout.run() == INSTALLING

    renamed = checkout.at("Télé chargé, 100% #=")
    checkout.folder.rename(renamed.folder)
    assert renamed.run() == INSTALLING

    copied = checkout.at("copy")
    shutil.copytree(renamed.folder, copied.folder, symlinks=True)
    assert copied.run() == INSTALLING
    assert renamed.run() == ""

    # The interpreter was removed, or upgraded to a version that has no packages.
    python = copied.venv / "bin" / "python"
    for target in (copied.folder / "gone", other_python(copied)):
        python.unlink()
        python.symlink_to(target)
        assert copied.run() == INSTALLING

    lock = copied.folder / "requirements.lock"
    lock.write_text(lock.read_text() + "# changed\n")
    assert copied.run() == INSTALLING
    assert copied.run() == ""
