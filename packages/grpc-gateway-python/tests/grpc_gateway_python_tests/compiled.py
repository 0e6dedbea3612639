"""What the contracts of the tests import, and the plugin that reads them."""

import sys
from pathlib import Path

from google.api import annotations_pb2, field_behavior_pb2, httpbody_pb2

from buf.validate import validate_pb2
from grpc_gateway_python.v1 import gateway_pb2
from protoc_gen_openapiv2.options import annotations_pb2 as openapiv2_pb2
from rpc_contract.v1 import contract_pb2

SCRIPTS = Path(sys.executable).parent
PLUGIN = SCRIPTS / "protoc-gen-grpc-gateway-python"
IMPORTS = tuple(
    module.DESCRIPTOR
    for module in (
        annotations_pb2,
        contract_pb2,
        field_behavior_pb2,
        gateway_pb2,
        httpbody_pb2,
        openapiv2_pb2,
        validate_pb2,
    )
)
