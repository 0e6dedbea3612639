"""String fields that contain the name of an enum value."""

from google.protobuf.descriptor import EnumDescriptor, EnumValueDescriptor, FieldDescriptor

from protoc_plugin_kit.contracts import ContractError, Contracts

OPTION = "rpc_contract.v1.known_values"


def known_values(contracts: Contracts, field: FieldDescriptor) -> list[EnumValueDescriptor]:
    """Returns the values whose names a string field contains; none if the field doesn't declare them.

    The zero value, which stands for "not set", is left out.

    Raises:
        ContractError: The field is no string, or the contracts have no such enum.
    """
    if not contracts.sets(field, OPTION):
        return []
    place = f"{contracts.at(field.full_name)}: ({OPTION})"
    if field.type != FieldDescriptor.TYPE_STRING:
        raise ContractError(f"{place}: the field is no string")
    name = contracts.option(field, OPTION)
    try:
        enum: EnumDescriptor = contracts.pool.FindEnumTypeByName(name)
    except KeyError:
        raise ContractError(f"{place}: no contract has the enum {name}") from None
    return [value for value in enum.values if value.number]
