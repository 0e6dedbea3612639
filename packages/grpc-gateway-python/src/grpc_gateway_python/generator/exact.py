"""Which 64-bit integers JSON has as numbers: those whose rules keep them within ±(2^53-1).

The specification's refiner decides, so that specification and gateway can't disagree.
"""

from typing import Any

from google.protobuf.descriptor import FieldDescriptor

from grpc_gateway_python._contracts.annotations import Annotations
from grpc_gateway_python._contracts.kinds import is_long
from protoc_plugin_kit.contracts import Contracts


class ExactIntegers:
    """Knows the rules of every field; without `int64_numbers`, JSON has no integer as a number only."""

    def __init__(self, contracts: Contracts, *, int64_numbers: bool) -> None:
        self._contract = Annotations(contracts, numbers=True, json_names=False)
        self._int64_numbers = int64_numbers

    def number(self, scalar: FieldDescriptor, declared: FieldDescriptor) -> bool:
        """Tells whether JSON has an integer as a number only.

        Args:
            scalar: The field that holds it, such as a wrapper's `value`.
            declared: The contract's field, whose rules count.
        """
        if not self._int64_numbers or not is_long(scalar):
            return self._int64_numbers
        keywords: dict[str, Any] = self._contract.rules(declared).keywords
        inner: dict[str, Any] = keywords.get(
            "items", keywords.get("additionalProperties", keywords)
        )
        return bool(inner.get("type") == "integer")
