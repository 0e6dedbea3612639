"""What the contracts say about an element of the document."""

from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from protoc_plugin_kit.contracts import ContractError, Contracts
from protoc_plugin_kit.field_rules import FieldRules, Translation, rejects_zero

# google.api.FieldBehavior, by number.
REQUIRED = 2
OUTPUT_ONLY = 3
INPUT_ONLY = 4


class Annotations:
    """Reads the annotations of the contracts; those that no file imports count as not set."""

    def __init__(self, contracts: Contracts, *, numbers: bool, json_names: bool) -> None:
        self.contracts = contracts
        self._field_rules = FieldRules(wide_as_text=not numbers)
        self._json_names = json_names
        self._translations: dict[str, Translation] = {}

    def option(self, element: Any, extension: str) -> Any:
        """Returns the option's value, its default when unset, None when nothing defines it."""
        try:
            return self.contracts.option(element, extension)
        except ContractError:
            return None

    def message(self, name: str) -> Descriptor | None:
        """Returns the message with this full name."""
        try:
            return self.contracts.pool.FindMessageTypeByName(name)
        except KeyError:
            return None

    def name(self, field: FieldDescriptor) -> str:
        """Returns the field's name in JSON."""
        return field.json_name if self._json_names else field.name

    def field(self, message: Descriptor, name: str) -> FieldDescriptor | None:
        """Returns the field that JSON calls so."""
        return next((field for field in message.fields if self.name(field) == name), None)

    def rules(self, field: FieldDescriptor) -> Translation:
        """Returns the field's validation rules as keywords."""
        if field.full_name not in self._translations:
            self._translations[field.full_name] = self._translate(field)
        return self._translations[field.full_name]

    def behaviors(self, field: FieldDescriptor) -> tuple[int, ...]:
        """Returns the field's google.api.field_behavior values."""
        return tuple(self.option(field, "google.api.field_behavior") or ())

    def is_required(self, field: FieldDescriptor) -> bool:
        """Tells whether a request without the field is rejected."""
        rules = self.option(field, "buf.validate.field")
        if REQUIRED in self.behaviors(field) or (rules is not None and rules.required):
            return True
        if field.is_required:  # of proto2, or of an edition's LEGACY_REQUIRED
            return True
        # Without presence, absent is zero: a rule that rejects zero demands the field.
        return not field.has_presence and rejects_zero(field, self.rules(field))

    def is_always_present(self, field: FieldDescriptor) -> bool:
        """Tells whether every response has the field."""
        rules = self.option(field, "buf.validate.field")
        demanded = REQUIRED in self.behaviors(field) or (rules is not None and rules.required)
        demanded = demanded or field.is_required
        return demanded or not field.has_presence

    def _translate(self, field: FieldDescriptor) -> Translation:
        rules = self.option(field, "buf.validate.field")
        given = rules is not None and rules.ByteSize()
        return self._field_rules.translate(field, rules if given else None)
