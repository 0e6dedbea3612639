"""protoc-gen-errors-python: generates a function per error reason, in `*_errors.py` beside the messages."""

from protoc_plugin_kit import Contracts, Outputs, environment, run
from rpc_contract._version import __version__
from rpc_contract.generator.error_module import error_module_of


def generate(contracts: Contracts) -> Outputs:
    """Yields a module per file that declares error reasons."""
    for file in contracts.files:
        if module := error_module_of(contracts, file):
            path = file.name.removesuffix(".proto") + "_errors.py"
            yield path, _render("errors.py.jinja", source=file.name, module=module)


def _render(template: str, **values: object) -> str:
    templates = environment("rpc_contract.generator")
    return templates.get_template(template).render(version=__version__, **values)


def main() -> None:
    """The console script."""
    run(generate)


if __name__ == "__main__":
    main()
