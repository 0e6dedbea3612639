"""A rule is edited in one place, its contract; everything else follows by generating."""

import json
import os
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

from tests.project_copy import just, replace

SERVICE = "contracts/shop/orders/v1/order_service.proto"
READ = """
import sys
from shop.orders.v1.order_service_pb2 import CreateOrderRequest
from transactional_grpc.validation import RequestReader

request = CreateOrderRequest(user_id=sys.argv[1], amount=1, description="x" * int(sys.argv[2]))
RequestReader(CreateOrderRequest).read(request.SerializeToString())
"""


def service_takes(copy: Path, length: int) -> bool:
    command = [sys.executable, "-c", READ, str(uuid4()), str(length)]
    environment = os.environ | {"PYTHONPATH": f"{copy / 'gen'}{os.pathsep}{copy}"}
    done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, check=False)
    assert done.returncode == 0 or b"ServiceError" in done.stderr, done.stderr.decode()
    return done.returncode == 0


def spec_takes(copy: Path) -> int:
    """The limit that the gateway, which serves and enforces this file, holds clients to."""
    spec = json.loads((copy / "gen/openapi/shop.swagger.json").read_text())
    [request] = [
        definition
        for name, definition in spec["definitions"].items()
        if name.endswith("CreateOrderRequest")
    ]
    return int(request["properties"]["description"]["maxLength"])


def test_a_changed_limit_reaches_specification_gateway_and_service(copy: Path) -> None:
    assert (spec_takes(copy), service_takes(copy, 501)) == (500, False)
    replace(copy / SERVICE, "max_len: 500", "max_len: 600")
    done = just("generate", copy)
    assert done.returncode == 0, done.stderr
    assert spec_takes(copy) == 600
    assert service_takes(copy, 600)
    assert not service_takes(copy, 601)
