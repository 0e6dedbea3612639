"""The HTTP bindings of all methods, and the operation id of each.

The id of a method is its name, such as `CreateOrder`. Methods of several services that have the same name have the
service's name before it, such as `OrdersService_Get`. The gateway and the specification need the same ids, and those
of protoc-gen-openapiv2 are not unique: services of several packages can have the same name (`orders.v1.Orders` and
`orders.v2.Orders`), and the second binding of `Get` has the id of an rpc `Get2`.
"""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any, Final

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from protoc_plugin_kit.contracts import ContractError, Contracts
from protoc_plugin_kit.http_rules import Rule, RuleError, rules_of

OPENAPI_OPERATION: Final = "grpc.gateway.protoc_gen_openapiv2.options.openapiv2_operation"
DIGITS: Final = re.compile(r"([0-9]+)")


@dataclass(frozen=True)
class Binding:
    """One way to call a method over HTTP."""

    id: str
    """The operation id, of which there is no other."""
    upstream_id: str
    """The operation id that protoc-gen-openapiv2 gives it."""
    method: MethodDescriptor
    rule: Rule


def bindings_of(contracts: Contracts, *, unbound: bool) -> list[Binding]:
    """Returns the bindings of every service, in the contracts' order.

    Raises:
        ContractError: a rule is incomplete, or the contracts say one operation id twice.
    """
    services = [service for file in contracts.files for service in file.services_by_name.values()]
    names = service_names(services)
    rules = {
        method: _rules(contracts, method, unbound=unbound)
        for service in services
        for method in service.methods
    }
    ids = _first_ids(contracts, names, list(rules))
    taken = set(ids.values())
    found = []
    for method, some in rules.items():
        given = given_id(contracts, method)
        upstream = given or f"{method.containing_service.name}_{method.name}"
        for index, rule in enumerate(some):
            name = ids[method] if index == 0 else _numbered(ids[method], index + 1, taken)
            # It gives an id that the contract says to all bindings.
            number = "" if given or index == 0 else str(index + 1)
            found.append(Binding(name, f"{upstream}{number}", method, rule))
    return found


def service_names(services: list[ServiceDescriptor]) -> dict[str, str]:
    """Returns full name → the name in operation ids.

    Of services with a name in common, the one of the first package keeps it: a `v2` changes no id
    of `v1`. The others have their full names.
    """
    groups: dict[str, list[str]] = defaultdict(list)
    for service in services:
        groups[service.name].append(service.full_name)
    return {
        full_name: name if full_name == min(full_names, key=natural) else full_name
        for name, full_names in groups.items()
        for full_name in full_names
    }


def natural(name: str) -> list[tuple[int, str]]:
    """Returns a key that sorts `v2` before `v10`."""
    return [(int(part), "") if part.isdigit() else (0, part) for part in DIGITS.split(name)]


def given_id(contracts: Contracts, method: MethodDescriptor) -> str:
    """Returns the operation id that the contract says, empty when it says none."""
    option = openapi_option(contracts, method)
    return str(option.operation_id) if option is not None else ""


def openapi_option(contracts: Contracts, method: MethodDescriptor) -> Any:
    """Returns the method's openapiv2_operation option, None when no contract knows it."""
    try:
        contracts.pool.FindExtensionByName(OPENAPI_OPERATION)
    except KeyError:
        return None
    return contracts.option(method, OPENAPI_OPERATION)


def _rules(contracts: Contracts, method: MethodDescriptor, *, unbound: bool) -> list[Rule]:
    try:
        return rules_of(contracts, method, unbound=unbound)
    except RuleError as error:
        raise ContractError(f"{contracts.at(method.full_name)}: {error}") from None


def _first_ids(
    contracts: Contracts, names: dict[str, str], methods: list[MethodDescriptor]
) -> dict[MethodDescriptor, str]:
    """Returns the id of each method's first binding."""
    given = {method: given_id(contracts, method) for method in methods}
    short = Counter(filter(None, given.values()))
    short.update(
        method.name for method in methods if not given[method] and _may_be_short(method, names)
    )
    ids: dict[MethodDescriptor, str] = {}
    owners: dict[str, MethodDescriptor] = {}
    for method in methods:
        is_short = _may_be_short(method, names) and short[method.name] == 1
        long = f"{names[method.containing_service.full_name]}_{method.name}"
        name = given[method] or (method.name if is_short else long)
        if name in owners:
            place = contracts.at(method.full_name)
            raise ContractError(f"{place}: has the operation id {name} of {owners[name].full_name}")
        ids[method] = name
        owners[name] = method
    return ids


def _may_be_short(method: MethodDescriptor, names: dict[str, str]) -> bool:
    # The methods of a `v2` keep their long ids, so that no id of `v1` depends on them.
    service = method.containing_service
    return names[service.full_name] == service.name


def _numbered(name: str, number: int, taken: set[str]) -> str:
    """Returns the id of an additional binding, as protoc-gen-openapiv2 numbers it where it is free."""
    numbered = f"{name}{number}"
    while numbered in taken:
        name += "_"
        numbered = f"{name}{number}"
    taken.add(numbered)
    return numbered
