"""The google.api.http rules of a method."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from google.protobuf.descriptor import MethodDescriptor

from protoc_plugin_kit.contracts import Contracts

EXTENSION: Final = "google.api.http"
METHODS: Final = ("get", "put", "post", "delete", "patch")


@dataclass(frozen=True)
class Rule:
    """One HTTP binding of a method."""

    http_method: str
    path: str
    body: str
    response_body: str


class RuleError(Exception):
    """A rule is incomplete; the text names the missing part."""


def rules_of(contracts: Contracts, method: MethodDescriptor, *, unbound: bool) -> list[Rule]:
    """Returns a method's rule, followed by its additional bindings.

    Args:
        contracts: The contracts that contain the method.
        method: The method.
        unbound: Whether a method without the option gets the rule `POST /package.Service/Method`.

    Raises:
        RuleError: A rule has no pattern, or nests additional bindings.
    """
    option = http_option(contracts, method)
    if option is not None and option.ByteSize():
        return list(_rules(option))
    if unbound:
        service = method.containing_service.full_name
        return [Rule("POST", f"/{service}/{method.name}", "*", "")]
    return []


def http_option(contracts: Contracts, method: MethodDescriptor) -> Any:
    """Returns the method's google.api.http option, or None if no file imports the option."""
    try:
        contracts.pool.FindExtensionByName(EXTENSION)
    except KeyError:
        return None
    return contracts.option(method, EXTENSION)


def _rules(option: Any) -> Iterator[Rule]:
    yield _rule(option)
    for binding in option.additional_bindings:
        if binding.additional_bindings:
            raise RuleError("additional_bindings must not nest")
        yield _rule(binding)


def _rule(option: Any) -> Rule:
    pattern = option.WhichOneof("pattern")
    if pattern in METHODS:
        return Rule(pattern.upper(), getattr(option, pattern), option.body, option.response_body)
    if pattern == "custom" and option.custom.kind not in {"", "*"}:
        custom = option.custom
        return Rule(custom.kind.upper(), custom.path, option.body, option.response_body)
    raise RuleError("has no HTTP method with a path")
