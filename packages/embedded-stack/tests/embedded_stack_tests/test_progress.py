import asyncio
import io
from pathlib import Path

import pytest

from embedded_stack._artifacts import Artifact
from embedded_stack._artifacts.download import download
from embedded_stack._supervisor.console import Console
from embedded_stack.errors import StackError


@pytest.mark.parametrize("terminal", [True, False])
def test_servers_have_one_total_before_the_first_byte(tmp_path: Path, *, terminal: bool) -> None:
    artifacts = [Artifact(f"a/{name}.jar", "0" * 64, 4_000_000) for name in ("one", "two")]
    console = Console(file=io.StringIO(), force_terminal=terminal, width=80)

    # No server listens there: no byte ever arrives.
    with pytest.raises(StackError, match="cannot download"):
        asyncio.run(download(artifacts, "http://127.0.0.1:none", tmp_path, console))

    assert isinstance(console.file, io.StringIO)
    shown = console.file.getvalue()
    if terminal:
        assert "2/2 servers" in shown
        assert "0.0/8.0 MB" in shown
    else:
        assert shown == "2/2 servers: downloading 2 files, 8 MB, once\n"
