"""protoc-gen-errors-python, and the declarations as other generators read them."""

from rpc_contract.generator.known_values import known_values
from rpc_contract.generator.reasons import Reason, is_of_gateway, reasons_of

__all__ = ["Reason", "is_of_gateway", "known_values", "reasons_of"]
