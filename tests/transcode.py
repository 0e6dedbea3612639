"""The command line that serves REST for a folder of protos, with this checkout's toolchain."""

import os
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
THIRD_PARTY: Final = sorted(path for path in (ROOT / ".proto-deps").glob("*") if path.is_dir())


def transcode(protos: Path, backend: str, port: int | str, *options: str) -> list[str]:
    path = f"PATH={ROOT / '.tools'}:{os.environ['PATH']}"
    includes = [f"-I{folder}" for folder in THIRD_PARTY]
    command = [sys.executable, "-m", "grpc_gateway_python.transcode", str(protos), backend]
    return ["env", path, *command, str(port), *includes, *options]
