"""grpc-go's interop client against the server: all cases that need no credentials."""

import asyncio
from pathlib import Path

import pytest

from tests.integration.conformance.interop import Messages, interop_server

# The first test may build the programs.
pytestmark = [pytest.mark.anyio, pytest.mark.timeout(600)]
SECONDS_MAX = 60
CASES = (
    "empty_unary",
    "large_unary",
    "client_streaming",
    "server_streaming",
    "ping_pong",
    "empty_stream",
    "timeout_on_sleeping_server",
    "cancel_after_begin",
    "cancel_after_first_response",
    "status_code_and_message",
    "special_status_message",
    "custom_metadata",
    "unimplemented_method",
    "unimplemented_service",
)


@pytest.mark.parametrize("case", CASES)
async def test_interop_case_of_grpc_go_passes(
    programs: Path, messages: Messages, case: str
) -> None:
    async with interop_server(messages) as port:
        client = await asyncio.create_subprocess_exec(
            str(programs / "client"),
            "-server_host=127.0.0.1",
            f"-server_port={port}",
            f"-test_case={case}",
            stderr=asyncio.subprocess.PIPE,
        )
        _, log = await asyncio.wait_for(client.communicate(), SECONDS_MAX)
        assert client.returncode == 0, log.decode()
