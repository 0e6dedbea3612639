"""The contracts of the shop, to read and to copy."""

from pathlib import Path
from typing import Final

from grpc_gateway_python import Document

PATH: Final = "/contracts"
SECTION: Final = "Contracts"
PROTO: Final = "text/plain; charset=utf-8"


def contract_documents(folder: Path) -> dict[str, Document]:
    """Returns URL path → the Protobuf file that is served there.

    Args:
        folder: The folder from which the files import each other.
    """
    names = sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*.proto"))
    texts = {name: (folder / name).read_text(encoding="utf-8") for name in names}
    return {
        f"{PATH}/{name}": Document(name, "", text, PROTO, SECTION) for name, text in texts.items()
    }
