"""The names that other packages import; a change of these lists is a change of the public interface."""

import protoc_plugin_kit
from protoc_plugin_kit import field_rules, testing


def test_names_of_the_package() -> None:
    assert protoc_plugin_kit.__all__ == [
        "ContractError",
        "Contracts",
        "Outputs",
        "Rule",
        "RuleError",
        "docstring",
        "environment",
        "http_option",
        "is_importable",
        "is_name",
        "module_name",
        "pb2_module",
        "rules_of",
        "run",
        "version_of_content",
    ]


def test_names_of_field_rules() -> None:
    assert field_rules.__all__ == [
        "FORMAT_EXAMPLES",
        "FieldRules",
        "Translation",
        "accepts_text",
        "cel_text",
        "is_unspecified",
        "map_entry",
        "rejects_zero",
    ]


def test_names_of_testing() -> None:
    assert testing.__all__ == ["compile_request", "run_protoc"]
