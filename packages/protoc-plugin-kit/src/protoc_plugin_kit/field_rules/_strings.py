"""Rules of strings and bytes."""

import base64
from typing import Any

from protoc_plugin_kit.field_rules._patterns import InexpressibleError, all_of, ecma, escape
from protoc_plugin_kit.field_rules._translation import Translation

# The well-known strings of buf.validate that are a `format` of JSON Schema or of the OpenAPI registry.
FORMATS = {
    "email": "email",
    "hostname": "hostname",
    "ipv4": "ipv4",
    "ipv6": "ipv6",
    "uri": "uri",
    "uri_ref": "uri-reference",
    "uuid": "uuid",
}
# The well-known strings that a pattern expresses completely.
PATTERNS = {
    # The JSON Schema draft of OpenAPI 3.0 has no format `uuid`, so many validators ignore it.
    "uuid": "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$",
    "tuuid": "^[0-9a-fA-F]{32}$",
    "ulid": "^[0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25}$",
    "protobuf_fqn": r"^[A-Za-z_][A-Za-z_0-9]*(\.[A-Za-z_][A-Za-z_0-9]*)*$",
    "protobuf_dot_fqn": r"^\.[A-Za-z_][A-Za-z_0-9]*(\.[A-Za-z_][A-Za-z_0-9]*)*$",
}
# The well-known strings that neither a format nor a pattern expresses.
PROSE = {
    "ip": "must be an IP address.",
    "address": "must be a host name or an IP address.",
    "ip_with_prefixlen": "must be an IP address with a prefix length.",
    "ipv4_with_prefixlen": "must be an IPv4 address with a prefix length.",
    "ipv6_with_prefixlen": "must be an IPv6 address with a prefix length.",
    "ip_prefix": "must be an IP prefix.",
    "ipv4_prefix": "must be an IPv4 prefix.",
    "ipv6_prefix": "must be an IPv6 prefix.",
    "host_and_port": "must be a host and a port.",
}
# KnownRegex, by number and strictness, as validate.proto defines them.
HEADER = {
    (1, True): "^:?[0-9a-zA-Z!#$%&'*+\\-.^_|~\\x60]+$",
    (1, False): "^[^\\x00\\x0A\\x0D]+$",
    (2, True): "^[^\\x00-\\x08\\x0A-\\x1F\\x7F]*$",
    (2, False): "^[^\\x00\\x0A\\x0D]*$",
}
BYTES_PER_CHARACTER_MAX = 4


def strings(rules: Any) -> Translation:
    """Translates StringRules."""
    translation = Translation()
    _lengths(rules, translation)
    patterns = _affixes(rules)
    if rules.HasField("pattern"):
        try:
            patterns.append(ecma(rules.pattern))
        except InexpressibleError as error:
            translation.prose.append(f"must match the RE2 pattern `{rules.pattern}` ({error}).")
    well_known = rules.WhichOneof("well_known")
    if well_known == "well_known_regex":
        strict = rules.strict if rules.HasField("strict") else True
        patterns.append(HEADER[rules.well_known_regex, strict])
    elif well_known and getattr(rules, well_known):
        if well_known in FORMATS:
            translation.keywords["format"] = FORMATS[well_known]
        if well_known in PATTERNS:
            patterns.append(PATTERNS[well_known])
        if well_known in PROSE:
            translation.prose.append(PROSE[well_known])
    if patterns:
        translation.keywords["pattern"] = all_of(patterns)
    _values(rules, translation, str)
    return translation


def _lengths(rules: Any, translation: Translation) -> None:
    keywords = translation.keywords
    if rules.HasField("len"):
        keywords["minLength"] = keywords["maxLength"] = rules.len
    if rules.HasField("min_len"):
        keywords["minLength"] = rules.min_len
    if rules.HasField("max_len"):
        keywords["maxLength"] = rules.max_len
    # A length in characters only bounds a length in bytes, so the exact rule is prose.
    least = rules.len_bytes or rules.min_bytes
    most = rules.len_bytes if rules.HasField("len_bytes") else rules.max_bytes
    if least:
        keywords.setdefault("minLength", -(-least // BYTES_PER_CHARACTER_MAX))
        translation.prose.append(f"must have at least {least} bytes in UTF-8.")
    if rules.HasField("len_bytes") or rules.HasField("max_bytes"):
        keywords.setdefault("maxLength", most)
        translation.prose.append(f"must have at most {most} bytes in UTF-8.")


def _affixes(rules: Any) -> list[str]:
    patterns = []
    if rules.HasField("prefix"):
        patterns.append(f"^{escape(rules.prefix)}")
    if rules.HasField("suffix"):
        patterns.append(f"{escape(rules.suffix)}$")
    if rules.HasField("contains"):
        patterns.append(escape(rules.contains))
    if rules.HasField("not_contains"):
        patterns.append(f"^(?![\\s\\S]*{escape(rules.not_contains)})")
    return patterns


def _values(rules: Any, translation: Translation, form: Any) -> None:
    if rules.HasField("const"):
        translation.keywords["enum"] = [form(rules.const)]
    if allowed := getattr(rules, "in"):
        translation.keywords["enum"] = [form(value) for value in allowed]
    if rules.not_in:
        translation.keywords["x-not"] = {"enum": [form(value) for value in rules.not_in]}
    if rules.example:
        translation.keywords["example"] = form(rules.example[0])


def byte_strings(rules: Any) -> Translation:
    """Translates BytesRules. The JSON value is base64, so `minLength` counts base64 characters."""
    translation = Translation()
    least = rules.len or rules.min_len
    most = rules.len if rules.HasField("len") else rules.max_len
    if least:
        translation.keywords["minLength"] = -(-least * 4 // 3)
        translation.prose.append(f"must have at least {least} bytes.")
    if rules.HasField("len") or rules.HasField("max_len"):
        translation.keywords["maxLength"] = -(-most // 3) * 4
        translation.prose.append(f"must have at most {most} bytes.")
    if rules.HasField("pattern"):
        translation.prose.append(f"must, decoded, match the RE2 pattern `{rules.pattern}`.")
    for rule, words in (("prefix", "start with"), ("suffix", "end with"), ("contains", "contain")):
        if rules.HasField(rule):
            translation.prose.append(
                f"must, decoded, {words} the bytes {getattr(rules, rule).hex(' ')}."
            )
    if well_known := rules.WhichOneof("well_known"):
        translation.prose.append(f"must, decoded, be the bytes of an address or id: {well_known}.")
    _values(rules, translation, lambda value: base64.b64encode(value).decode())
    return translation
