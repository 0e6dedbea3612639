"""protoc-gen-errors-python: generates a function per error reason, in `*_errors.py` beside the messages."""

import keyword

from protoc_plugin_kit import Contracts, Outputs, environment, run
from rpc_contract._version import __version__
from rpc_contract.generator.error_module import error_module_of


def _function_name(reason: str) -> str:
    """Returns the name of a reason's function; `_` follows a Python keyword."""
    name = reason.lower()
    return f"{name}_" if keyword.iskeyword(name) else name


TEMPLATES = environment("rpc_contract.generator")
TEMPLATES.filters["function_name"] = _function_name


def generate(contracts: Contracts) -> Outputs:
    """Yields a module per file that declares error reasons."""
    for file in contracts.files:
        if module := error_module_of(contracts, file):
            template = TEMPLATES.get_template("errors.py.jinja")
            path = file.name.removesuffix(".proto") + "_errors.py"
            yield path, template.render(version=__version__, source=file.name, module=module)


def main() -> None:
    """The console script."""
    run(generate)


if __name__ == "__main__":
    main()
