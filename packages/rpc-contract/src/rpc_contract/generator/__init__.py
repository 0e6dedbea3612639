"""protoc-gen-errors-python, and the declared error reasons for other generators."""

from rpc_contract.generator.reasons import Reason, is_of_gateway, reasons_of

__all__ = ["Reason", "is_of_gateway", "reasons_of"]
