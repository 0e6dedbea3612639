"""Runs protoc-gen-openapiv2 on the refiner's own CodeGeneratorRequest."""

import json
import subprocess

from google.protobuf.compiler.plugin_pb2 import CodeGeneratorRequest, CodeGeneratorResponse

from grpc_gateway_python._contracts.resolved_bindings import resolved_bindings_of
from grpc_gateway_python.openapi.document import Json
from grpc_gateway_python.openapi.options import Options
from protoc_plugin_kit.contracts import ContractError, Contracts

TIMEOUT_SECONDS = 60

# One document, with definitions under full message names: the refiner finds the messages by them.
PARAMETERS = {
    "allow_merge": "true",
    # If enabled, update_mask would be missing in the parameters of a PATCH, though the gateway accepts it.
    "allow_patch_feature": "false",
    "disable_default_errors": "true",
    "ignore_go_package_option": "true",
    "omit_array_item_type_when_ref_sibling": "true",
    "openapi_naming_strategy": "fqn",
    "preserve_rpc_order": "true",
    "use_allof_for_refs": "true",
}


def upstream_document(contracts: Contracts, options: Options) -> Json:
    """Returns the Swagger 2.0 document of the request's services.

    Raises:
        ContractError: The program is missing, fails, or rejects the contracts.
    """
    own = CodeGeneratorRequest.FromString(contracts.request.SerializeToString())
    parameters = PARAMETERS | {
        "json_names_for_fields": "true" if options.field_names == "json" else "false",
        "generate_unbound_methods": options.generate_unbound,
    }
    own.parameter = ",".join(f"{name}={value}" for name, value in parameters.items())
    try:
        done = subprocess.run(
            [options.upstream],
            input=own.SerializeToString(),
            capture_output=True,
            check=True,
            timeout=TIMEOUT_SECONDS,
        )
    except (OSError, subprocess.SubprocessError) as error:
        detail = getattr(error, "stderr", None) or str(error).encode()
        raise ContractError(f"{options.upstream}: {detail.decode(errors='replace')}") from None
    response = CodeGeneratorResponse.FromString(done.stdout)
    if response.error:
        _raise_with_place(contracts)
        raise ContractError(f"{options.upstream}: {response.error}")
    if not response.file:
        raise ContractError(f"{options.upstream}: no service to document")
    document: Json = json.loads(response.file[0].content)
    return document


def _raise_with_place(contracts: Contracts) -> None:
    """Raises the gateway generator's error for an invalid route; protoc-gen-openapiv2's error names no file and line."""
    resolved_bindings_of(contracts, unbound=False)
