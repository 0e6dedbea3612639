"""The version of a generated document moves with its content."""

import pytest

from protoc_plugin_kit import version_of_content

DOCUMENT = {"title": "Books", "routes": ["/books"]}


def test_version_has_a_digest_of_the_document() -> None:
    version = version_of_content("1.2.0", DOCUMENT)
    assert version == version_of_content("1.2.0", dict(reversed(DOCUMENT.items())))
    declared, _, digest = version.partition("+")
    assert (declared, len(digest)) == ("1.2.0", 8)


def test_version_of_another_document_is_another() -> None:
    changed = version_of_content("1.2.0", DOCUMENT | {"routes": ["/books", "/books/{id}"]})
    assert changed != version_of_content("1.2.0", DOCUMENT)


@pytest.mark.parametrize("declared", ["1", "version not set", "1.2.0+5"])
def test_version_that_is_not_semantic_stays(declared: str) -> None:
    assert version_of_content(declared, DOCUMENT) == declared
