"""protoc-gen-openapi-refiner: service contracts in, Swagger 2.0 and OpenAPI 3.0 out."""

from grpc_gateway_python._contracts.annotations import Annotations
from grpc_gateway_python.openapi.access_table import access_table
from grpc_gateway_python.openapi.document import render
from grpc_gateway_python.openapi.openapi3 import openapi3
from grpc_gateway_python.openapi.openapiv2_plugin import upstream_document
from grpc_gateway_python.openapi.options import Options
from grpc_gateway_python.openapi.refine import refine
from grpc_gateway_python.openapi.response_schemas import with_plain_references
from protoc_plugin_kit.contracts import Contracts
from protoc_plugin_kit.plugin import Outputs, run


def generate(contracts: Contracts) -> Outputs:
    """Yields the two documents, and the table of access rules if there are any."""
    options = Options.parse(contracts.request.parameter)
    contract = Annotations(
        contracts, numbers=options.int64 == "number", json_names=options.field_names == "json"
    )
    upstream = upstream_document(contracts, options)
    unbound = options.generate_unbound == "true"
    document = refine(contract, upstream, unbound=unbound)
    yield f"{options.name}.swagger.json", render(with_plain_references(document))
    yield f"{options.name}.openapi.json", render(openapi3(document))
    if table := access_table(contract, unbound=unbound):
        yield f"{options.name}.access.md", table


def main() -> None:
    """The console script."""
    run(generate, editions=True)


if __name__ == "__main__":
    main()
