"""The parts of a protoc plugin around its templates: descriptors, options, comments, names, I/O."""

from protoc_plugin_kit.comments import docstring
from protoc_plugin_kit.contracts import ContractError, Contracts
from protoc_plugin_kit.http_rules import Rule, RuleError, http_option, rules_of
from protoc_plugin_kit.modules import is_importable, is_name, module_name, pb2_module
from protoc_plugin_kit.plugin import Outputs, run
from protoc_plugin_kit.templates import environment
from protoc_plugin_kit.versions import version_of_content

__all__ = [
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
