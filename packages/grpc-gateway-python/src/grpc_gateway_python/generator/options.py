"""The plugin's options, given as `opt` in buf.gen.yaml."""

from dataclasses import dataclass
from typing import Final

from protoc_plugin_kit.contracts import ContractError

CHOICES: Final = {
    "int64": ("number", "string"),
    "field_names": ("proto", "json"),
    "generate_unbound": ("false", "true"),
    "access": ("optional", "required"),
}
"""Option → its allowed values, the default first."""


@dataclass(frozen=True)
class Options:
    """The form of JSON, and the methods that are served."""

    int64_numbers: bool
    """Integers are JSON numbers only; 64-bit integers only if their rules limit them to ±(2^53-1)."""
    json_names: bool
    """Responses have lowerCamelCase names, not the field names of the contract."""
    unbound: bool
    """Methods without a google.api.http option are served as POST /package.Service/Method."""
    access_required: bool
    """Every method must declare who may call it."""

    @classmethod
    def parse(cls, parameter: str) -> "Options":
        """Parses `name=value` pairs that are separated by commas.

        Raises:
            ContractError: An option or its value is unknown.
        """
        chosen = {name: values[0] for name, values in CHOICES.items()}
        for pair in filter(None, parameter.split(",")):
            name, _, value = pair.partition("=")
            if name not in CHOICES:
                raise ContractError(f"unknown option {name!r}; there are {', '.join(CHOICES)}")
            if value not in CHOICES[name]:
                values = " or ".join(CHOICES[name])
                raise ContractError(f"option {name} must be {values}, not {value!r}")
            chosen[name] = value
        return cls(
            int64_numbers=chosen["int64"] == "number",
            json_names=chosen["field_names"] == "json",
            unbound=chosen["generate_unbound"] == "true",
            access_required=chosen["access"] == "required",
        )
