"""Decides which 64-bit integers are numbers in JSON: those whose rules limit them to ±(2^53-1).

It uses the rules of the OpenAPI refiner, so that specification and gateway always agree.
"""

from typing import Any

from google.protobuf.descriptor import FieldDescriptor

from grpc_gateway_python._contracts.annotations import Annotations
from grpc_gateway_python._contracts.kinds import is_long
from protoc_plugin_kit.contracts import Contracts


class ExactIntegers:
    """Applies the rules of fields. Without `int64_numbers`, every integer may be a number or a string in JSON."""

    def __init__(self, contracts: Contracts, *, int64_numbers: bool) -> None:
        self._contract = Annotations(contracts, numbers=True, json_names=False)
        self._int64_numbers = int64_numbers

    def number(self, scalar: FieldDescriptor, declared: FieldDescriptor) -> bool:
        """Tells whether JSON accepts an integer as a number only.

        Args:
            scalar: The integer's field, such as `value` of a wrapper.
            declared: The contract's field, whose rules apply.
        """
        if not self._int64_numbers or not is_long(scalar):
            return self._int64_numbers
        keywords: dict[str, Any] = self._contract.rules(declared).keywords
        inner: dict[str, Any] = keywords.get(
            "items", keywords.get("additionalProperties", keywords)
        )
        return bool(inner.get("type") == "integer")
