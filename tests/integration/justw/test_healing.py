"""An environment that no longer fits its folder, its Python or the pins is put right."""

import shutil
from pathlib import Path

from tests.integration.justw.conftest import INSTALLING, Checkout


def other_python(checkout: Checkout) -> Path:
    """What a link to a system's `python3` leads to after an upgrade: a file of another name."""
    other = checkout.folder / "python3.99"
    other.write_text("#!/bin/sh\necho 'no module is found here' >&2; exit 1\n")
    other.chmod(0o755)
    return other


def test_renamed_copied_without_its_python_with_another_and_with_other_pins(
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

    # The Python that it links to is gone, or was upgraded: packages are for another version then.
    python = copied.venv / "bin" / "python"
    for target in (copied.folder / "gone", other_python(copied)):
        python.unlink()
        python.symlink_to(target)
        assert copied.run() == INSTALLING

    lock = copied.folder / "requirements.lock"
    lock.write_text(lock.read_text() + "# changed\n")
    assert copied.run() == INSTALLING
    assert copied.run() == ""
