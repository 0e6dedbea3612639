"""The ids of a stream's messages: the option (rpc_contract.v1.method).events, checked against the method's messages."""

from dataclasses import dataclass

from google.protobuf.descriptor import FieldDescriptor, MethodDescriptor

from protoc_plugin_kit.contracts import ContractError, Contracts
from rpc_contract.generator.field_paths import FieldPath, string_path, value_expression
from rpc_contract.generator.method_rules import METHOD_OPTION, method_rules_of


@dataclass(frozen=True)
class EventIds:
    """The fields by which a client resumes a stream."""

    id: FieldPath
    """The fields that lead to the id in a response."""
    last_id: FieldDescriptor
    """The request field that contains the id of the last response that the client received."""

    @property
    def id_of_response(self) -> str:
        """The Python expression of the function from a response to its id."""
        return f"lambda response: {value_expression('response', self.id)}"

    @property
    def last_id_of_request(self) -> str:
        """The Python expression of the function from a request to the id of the last response."""
        return f"lambda request: {value_expression('request', (self.last_id,))}"


def event_ids_of(contracts: Contracts, method: MethodDescriptor) -> EventIds | None:
    """Returns the fields by which a client resumes a stream, or None if the method declares none.

    Raises:
        ContractError: The declaration is invalid; the text names the file, the line and the method.
    """
    rules = method_rules_of(contracts, method)
    if rules is None or not rules.HasField("events"):
        return None
    events = rules.events
    place = f"{contracts.at(method.full_name)}: ({METHOD_OPTION}).events"
    if not method.server_streaming:
        raise ContractError(f"{place}: the method doesn't stream its responses")
    if method.client_streaming:
        raise ContractError(f"{place}: the method has several requests")
    for name in ("id", "last_id"):
        if not getattr(events, name):
            raise ContractError(f"{place}.{name} is missing")
    last_id = string_path(f"{place}.last_id", method.input_type, events.last_id)
    if len(last_id) > 1:
        raise ContractError(
            f"{place}.last_id: {events.last_id!r} is no field of {method.input_type.full_name} itself"
        )
    return EventIds(string_path(f"{place}.id", method.output_type, events.id), last_id[0])
