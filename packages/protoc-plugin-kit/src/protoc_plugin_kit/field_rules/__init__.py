"""`buf.validate` rules as keywords of JSON Schema, and prose for the rules that no keyword expresses.

The keywords are those that Swagger 2.0 and OpenAPI 3.0 share. `x-not` stands for `not`, which
Swagger 2.0 lacks; an OpenAPI 3.0 document can rename it.
"""

from protoc_plugin_kit.field_rules._enums import is_unspecified
from protoc_plugin_kit.field_rules._examples import FORMAT_EXAMPLES, accepts_text
from protoc_plugin_kit.field_rules._fields import FieldRules, cel_text, map_entry
from protoc_plugin_kit.field_rules._translation import Translation
from protoc_plugin_kit.field_rules._zero import rejects_zero

__all__ = [
    "FORMAT_EXAMPLES",
    "FieldRules",
    "Translation",
    "accepts_text",
    "cel_text",
    "is_unspecified",
    "map_entry",
    "rejects_zero",
]
