"""The exported contracts generate code in a folder that has nothing else."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[3]
TEMPLATE = """\
version: v2
plugins:
  - protoc_builtin: python
    protoc_path: [python, -m, grpc_tools.protoc]
    out: gen
"""


def test_exported_contracts_generate_alone(tmp_path: Path) -> None:
    subprocess.run(["buf", "export", "contracts", "-o", tmp_path], cwd=ROOT, check=True)
    (tmp_path / "buf.gen.yaml").write_text(TEMPLATE)
    subprocess.run(["buf", "generate"], cwd=tmp_path, check=True)
    assert (tmp_path / "gen/shop/orders/v1/order_service_pb2.py").exists()
