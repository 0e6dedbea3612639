"""Who may call a method: the option (rpc_contract.v1.method).access, checked against the method's messages."""

import re
from dataclasses import dataclass
from typing import Any

from google.protobuf.descriptor import MethodDescriptor

from protoc_plugin_kit.contracts import ContractError, Contracts
from rpc_contract.generator.field_paths import FieldPath, string_path
from rpc_contract.generator.method_rules import METHOD_OPTION, method_rules_of
from rpc_contract.generator.reasons import Reason, reasons_of_package

ACCESS = f"({METHOD_OPTION}).access"
SHARED_PACKAGE = "rpc_contract.v1"
SCOPE = re.compile(r"[!#-\[\]-~]+")
"""The characters of a scope (RFC 6749, section 3.3)."""


@dataclass(frozen=True)
class AccessRule:
    """Who may call a method."""

    public: bool
    scope: str
    """The scope that the caller needs; empty if the method is public."""
    owner: FieldPath
    """The fields that lead to the request's owner; none if the request has no owner."""
    response_owner: FieldPath
    """The same of the response."""
    hidden_as: Reason | None
    """The error in place of NOT_OWNER, whose parameters are fields of the request."""


def access_of(contracts: Contracts, method: MethodDescriptor) -> AccessRule | None:
    """Returns the access rule of a method, or None if the method declares none.

    Raises:
        ContractError: The rule is invalid; the text names the file, the line and the method.
    """
    rules = method_rules_of(contracts, method)
    if rules is None or not rules.HasField("access"):
        return None
    access = rules.access
    place = f"{contracts.at(method.full_name)}: {ACCESS}"
    if access.public and (access.scope or _has_owner(access) or access.hidden_as):
        raise ContractError(f"{place}: a public method has no scope and no owner")
    if access.owner and method.client_streaming:
        raise ContractError(f"{place}.owner: the method has several requests")
    if not (access.public or access.scope):
        raise ContractError(f"{place}: needs a `scope`, or `public: true`")
    if access.scope and SCOPE.fullmatch(access.scope) is None:
        raise ContractError(f"{place}.scope: {access.scope!r} is no scope of OAuth 2.0")
    return AccessRule(
        public=access.public,
        scope=access.scope,
        owner=string_path(f"{place}.owner", method.input_type, access.owner),
        response_owner=string_path(
            f"{place}.response_owner", method.output_type, access.response_owner
        ),
        hidden_as=_hidden_as(contracts, method, rules) if access.hidden_as else None,
    )


def required_access_of(contracts: Contracts, method: MethodDescriptor) -> AccessRule:
    """Returns the access rule of a method that must declare one.

    Raises:
        ContractError: The method has no rule, or an invalid one, or scopes Idempotency-Keys to
            another field than the owner: a caller could find out that another one uses a key.
    """
    place = contracts.at(method.full_name)
    access = access_of(contracts, method)
    if access is None:
        raise ContractError(
            f"{place}: {ACCESS} is missing: it names a `scope`, or says `public: true`"
        )
    key_scope = contracts.option(method, METHOD_OPTION).idempotency_scope
    owner = ".".join(field.name for field in access.owner)
    if key_scope and owner and key_scope != owner:
        raise ContractError(
            f"{place}: ({METHOD_OPTION}).idempotency_scope: {key_scope!r} is not the owner {owner!r}: "
            "callers could find out which Idempotency-Keys others use"
        )
    return access


def _has_owner(access: Any) -> bool:
    return bool(access.owner or access.response_owner)


def _hidden_as(contracts: Contracts, method: MethodDescriptor, rules: Any) -> Reason:
    name = rules.access.hidden_as
    place = f"{contracts.at(method.full_name)}: {ACCESS}.hidden_as"
    if not _has_owner(rules.access):
        raise ContractError(f"{place}: needs an `owner` or a `response_owner`")
    if name not in rules.errors:
        raise ContractError(f"{place}: `errors` does not list {name}")
    package = method.containing_service.file.package
    known = reasons_of_package(contracts, SHARED_PACKAGE) | reasons_of_package(contracts, package)
    if name not in known:
        raise ContractError(
            f"{place}: neither {package} nor {SHARED_PACKAGE} has the reason {name}"
        )
    request = method.input_type
    for parameter in known[name].parameters:
        field = request.fields_by_name.get(parameter)
        if field is None or field.is_repeated or field.message_type or field.enum_type:
            raise ContractError(
                f"{place}: the message of {name} has {{{parameter}}}, "
                f"which is no text or number of {request.full_name}"
            )
    return known[name]
