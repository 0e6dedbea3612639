"""RE2 patterns keep their meaning in ECMA-262."""

import re

import pytest

from protoc_plugin_kit.field_rules._patterns import InexpressibleError, all_of, ecma, escape


@pytest.mark.parametrize(
    ("re2", "expected"),
    [
        (r"^[^\x00]*$", r"^[^\x00]*$"),
        (r"\A[a-z]+\z", "^[a-z]+$"),
        (r"\Qa.b\E+", r"a\.b+"),
        (r"[[:alpha:]_]", "[A-Za-z_]"),
        (r"\x{41}", r"\x41"),
        (r"\x{20AC}", r"\u20AC"),
        (r"\pL\PN", r"\p{L}\P{N}"),
        (r"\p{Greek}", r"\p{Greek}"),
        (r"(?P<year>\d{4})", r"(?<year>\d{4})"),
        (r"\101", r"\x41"),
        (r"a\.b", r"a\.b"),
        (r"(?:ab)+", "(?:ab)+"),
    ],
)
def test_spelling_is_translated(re2: str, expected: str) -> None:
    assert ecma(re2) == expected


@pytest.mark.parametrize("re2", [r"(?i)abc", r"(?s:.)", r"\C", r"[[:^digit:]]", r"\x{1F600}"])
def test_a_pattern_without_an_equal_is_rejected(re2: str) -> None:
    with pytest.raises(InexpressibleError, match="has no equal"):
        ecma(re2)


def test_escaped_text_matches_itself_only() -> None:
    text = r"a.b*c[d](e)^$|{f}/\g"
    assert re.fullmatch(escape(text), text)


def test_all_of_demands_every_pattern() -> None:
    pattern = all_of(["^a", "z$", "m|n"])
    assert re.search(pattern, "a\nmz")
    assert not any(re.search(pattern, text) for text in ("amy", "bmz", "axz"))
