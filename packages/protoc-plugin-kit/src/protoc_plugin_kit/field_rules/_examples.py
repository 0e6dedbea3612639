"""Texts as examples of fields with rules."""

from protoc_plugin_kit.field_rules._patterns import UNICODE_PROPERTY, matches
from protoc_plugin_kit.field_rules._translation import Json

FORMAT_EXAMPLES = {
    "email": "someone@example.com",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uri": "https://example.com/",
}
"""Format → a text that has it. The addresses are those that RFC 2606, 3849 and 5737 reserve for documentation."""


def accepts_text(keywords: Json, text: str) -> bool:
    """Tells whether a text keeps the length, the pattern and the excluded values of a translation.

    A pattern with a Unicode property accepts no text here, because Python's `re` can't tell.
    """
    pattern = keywords.get("pattern", "")
    return (
        keywords.get("minLength", 0) <= len(text) <= keywords.get("maxLength", len(text))
        and UNICODE_PROPERTY.search(pattern) is None
        and matches(pattern, text)
        and text not in keywords.get("x-not", {}).get("enum", [])
    )
