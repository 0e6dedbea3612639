"""protoc-gen-service-python: service contracts in, what a hand-written service implements out."""

from google.protobuf.descriptor import FileDescriptor
from jinja2 import Environment, PackageLoader, StrictUndefined

from codegen.comments import docstring
from codegen.protoc_plugin import Contracts, Outputs, run
from codegen.service_python.names import Names, function_name
from codegen.service_python.refusals import refusals_of
from codegen.service_python.services import services_of

TEMPLATES = Environment(
    loader=PackageLoader("codegen.service_python"),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    autoescape=False,  # noqa: S701 - the output is Python, not HTML
    keep_trailing_newline=True,
)
TEMPLATES.filters["docstring"] = docstring
TEMPLATES.filters["function"] = function_name


def generate(contracts: Contracts) -> Outputs:
    """Yields a module per file that has services, and one per file that has error reasons."""
    for file in contracts.files:
        base = file.name.removesuffix(".proto")
        names = Names()
        if services := services_of(contracts, file, names):
            yield f"{base}_rpc.py", _render("rpc.py.jinja", file, services=services, names=names)
        if refusals := refusals_of(contracts, file):
            yield f"{base}_refusals.py", _render("refusals.py.jinja", file, refusals=refusals)


def _render(template: str, file: FileDescriptor, **values: object) -> str:
    return TEMPLATES.get_template(template).render(source=file.name, **values)


def main() -> None:
    """The console script."""
    run(generate)


if __name__ == "__main__":
    main()
