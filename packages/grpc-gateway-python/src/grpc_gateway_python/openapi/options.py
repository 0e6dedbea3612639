"""The options of the plugin."""

from dataclasses import dataclass, fields

from protoc_plugin_kit.contracts import ContractError


@dataclass(frozen=True)
class Options:
    """The plugin's parameters, `key=value` separated by commas."""

    #: The outputs are `<name>.swagger.json` and `<name>.openapi.json`.
    name: str = "api"
    #: The program that writes the document to refine.
    upstream: str = "protoc-gen-openapiv2"
    #: `proto` keeps the contract's field names, `json` makes them lowerCamelCase.
    field_names: str = "proto"
    #: `number` makes 64-bit integers JSON numbers where their rules bound them, `string` never.
    int64: str = "number"
    #: `true` documents methods that have no google.api.http rule, too.
    generate_unbound: str = "false"

    @classmethod
    def parse(cls, parameter: str) -> "Options":
        """Reads the parameter of a CodeGeneratorRequest.

        Raises:
            ContractError: An option is unknown or its value is invalid.
        """
        given = dict(pair.partition("=")[::2] for pair in parameter.split(",") if pair)
        if unknown := given.keys() - {field.name for field in fields(cls)}:
            raise ContractError(f"openapi-refiner: unknown option {min(unknown)!r}")
        options = cls(**given)
        for name, choices in _CHOICES.items():
            if getattr(options, name) not in choices:
                raise ContractError(
                    f"openapi-refiner: {name} must be one of {', '.join(choices)}, "
                    f"not {getattr(options, name)!r}"
                )
        return options


_CHOICES = {
    "field_names": ("proto", "json"),
    "int64": ("number", "string"),
    "generate_unbound": ("false", "true"),
}
