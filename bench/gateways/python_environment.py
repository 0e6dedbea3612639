"""The virtual environment of the peers in Python, and of Envoy: the product's own lock doesn't contain them."""

from toolchain import venv
from toolchain.places import ROOT

FOLDER = ROOT / "bench" / "peers" / "python"
ENVIRONMENT = ROOT / ".bench" / "python"


def install() -> None:
    """Makes the environment unless it has what the lock lists.

    Raises:
        subprocess.SubprocessError: a package can't be installed, or that takes too long; uv's output is on stderr.
    """
    venv.install(FOLDER / "requirements.lock", ENVIRONMENT)
