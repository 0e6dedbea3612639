"""protoc-gen-errors-python, and the declarations as other generators read them."""

from rpc_contract.generator.access import AccessRule, access_of, required_access_of
from rpc_contract.generator.access_code import access_expression
from rpc_contract.generator.events import EventIds, event_ids_of
from rpc_contract.generator.known_values import known_values
from rpc_contract.generator.reasons import Reason, is_of_gateway, reasons_of, reasons_of_package

__all__ = [
    "AccessRule",
    "EventIds",
    "Reason",
    "access_expression",
    "access_of",
    "event_ids_of",
    "is_of_gateway",
    "known_values",
    "reasons_of",
    "reasons_of_package",
    "required_access_of",
]
