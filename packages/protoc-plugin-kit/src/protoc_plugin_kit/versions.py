"""Versions of generated documents, which move with their content."""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any, Final

SEMANTIC: Final = re.compile(r"\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?")
"""A semantic version without build metadata (https://semver.org)."""
DIGITS: Final = 8


def version_of_content(declared: str, document: Mapping[str, Any]) -> str:
    """Returns the declared version with a digest of the document as build metadata, such as `1.2.0+1f0c3a9b`.

    People raise the declared version; the digest changes with every change of the document.

    Args:
        declared: The version that the contract declares. If it isn't semantic, it is returned unchanged.
        document: The document, in JSON. It doesn't contain the digest.
    """
    if SEMANTIC.fullmatch(declared) is None:
        return declared
    text = json.dumps(document, sort_keys=True, ensure_ascii=False)
    return f"{declared}+{hashlib.sha256(text.encode()).hexdigest()[:DIGITS]}"
