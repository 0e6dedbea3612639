"""protoc-gen-service-python: generates the protocols that services implement."""

from google.protobuf.descriptor import FileDescriptor

from protoc_plugin_kit.contracts import Contracts
from protoc_plugin_kit.plugin import Outputs, run
from protoc_plugin_kit.templates import environment
from transactional_grpc._version import __version__
from transactional_grpc.generator.names import Names
from transactional_grpc.generator.services import services_of


def generate(contracts: Contracts) -> Outputs:
    """Yields a module per file that has services."""
    for file in contracts.files:
        base = file.name.removesuffix(".proto")
        names = Names()
        if services := services_of(contracts, file, names):
            yield f"{base}_rpc.py", _render("rpc.py.jinja", file, services=services, names=names)


def _render(template: str, file: FileDescriptor, **values: object) -> str:
    templates = environment("transactional_grpc.generator")
    return templates.get_template(template).render(version=__version__, source=file.name, **values)


def main() -> None:
    """The console script."""
    run(generate)


if __name__ == "__main__":
    main()
