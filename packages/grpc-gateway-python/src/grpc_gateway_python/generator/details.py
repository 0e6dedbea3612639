"""Finds the messages that may be error details: those of the service's package.

Request and response messages of methods are excluded.
"""

from collections.abc import Iterator

from google.protobuf.descriptor import Descriptor

from grpc_gateway_python.generator.closure import Closure, Use
from protoc_plugin_kit.contracts import Contracts


def need_details(contracts: Contracts, closure: Closure, module: str) -> None:
    """Records that a module writes the messages of its package."""
    wrappers = {
        message.full_name
        for file in contracts.files
        for service in file.services_by_name.values()
        for method in service.methods
        for message in (method.input_type, method.output_type)
    }
    for message in package_messages(contracts, module):
        if message.full_name not in wrappers:
            closure.need(message, Use.WRITE, module)


def package_messages(contracts: Contracts, module: str) -> list[Descriptor]:
    """Returns the messages of the package that a file is in, sorted by name."""
    package = contracts.pool.FindFileByName(module).package
    found = [
        message
        for file in contracts.files
        if file.package == package
        for top in file.message_types_by_name.values()
        for message in _with_nested(top)
    ]
    return sorted(found, key=lambda message: message.full_name)


def _with_nested(message: Descriptor) -> Iterator[Descriptor]:
    if not message.GetOptions().map_entry:
        yield message
        for nested in message.nested_types:
            yield from _with_nested(nested)
