"""Runs consumers and relays as separate processes, which tests kill and stop."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from embedded_stack.servers import KAFKA, REGISTRY
from embedded_stack.testing import Running
from tests.integration.messaging.harness import Publishing


@asynccontextmanager
async def process(
    module: str, publishing: Publishing, infrastructure: Running
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Runs a module of this folder as a process, and enters when the process is ready."""
    endpoints = infrastructure.endpoints.environment([KAFKA, REGISTRY])
    environment = (
        os.environ
        | endpoints
        | {
            "DATABASE_URL": publishing.database_url,
            "TOPIC": publishing.stream.topic,
            "BUCKETS": str(publishing.stream.partitions),
        }
    )
    started = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        f"tests.integration.messaging.{module}",
        env=environment,
        stdout=asyncio.subprocess.PIPE,
    )
    assert started.stdout
    try:
        # Skip the log lines that precede the readiness line.
        while await started.stdout.readline() != b"ready\n":
            assert not started.stdout.at_eof(), "it ended"
        yield started
    finally:
        if started.returncode is None:
            started.send_signal(signal.SIGCONT)
            started.terminate()
        await started.communicate()
