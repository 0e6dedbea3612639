"""Downloads from a Maven repository."""

import hashlib
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import httpx
import stamina
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from embedded_stack._artifacts import Artifact
from embedded_stack._supervisor.console import Console
from embedded_stack._supervisor.together import together
from embedded_stack.errors import StackError

CONNECTIONS_MAX = 4
ATTEMPTS_MAX = 3
SILENCE_SECONDS_MAX = 20.0
PHASE = "2/2 servers"
"""The title of the progress; a set-up script that installs tools before this shows phase 1."""

Advance = Callable[[int], None]
"""Receives the number of bytes that arrived; a negative number when a download starts again."""


async def download(
    artifacts: Sequence[Artifact], repository: str | None, folder: Path, console: Console
) -> None:
    """Downloads artifacts concurrently; a file appears in the folder once its content is verified.

    Raises:
        StackError: the repository can't be reached, or its content is not the pinned one.
    """
    base = (repository or _maven_central()).rstrip("/")
    total = sum(artifact.size_bytes for artifact in artifacts)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    progress = Progress(
        *columns,
        TransferSpeedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    task = progress.add_task(PHASE, total=total)
    if not console.is_terminal:
        console.print(f"{PHASE}: downloading {len(artifacts)} files, {total / 1e6:.0f} MB, once")
    limits = httpx.Limits(max_connections=CONNECTIONS_MAX)
    # Waiting for a connection of the pool is not limited: it doesn't mean that the server is silent.
    timeout = httpx.Timeout(SILENCE_SECONDS_MAX, pool=None)
    async with httpx.AsyncClient(limits=limits, timeout=timeout, follow_redirects=True) as client:
        with progress:
            await together(
                _download(client, artifact, base, folder, partial(progress.advance, task))
                for artifact in artifacts
            )


async def _download(
    client: httpx.AsyncClient, artifact: Artifact, base: str, folder: Path, advance: Advance
) -> None:
    url = f"{base}/{artifact.path}"
    file = folder / artifact.path
    draft = file.with_name(f"{file.name}.draft")
    draft.parent.mkdir(parents=True, exist_ok=True)
    try:
        async for attempt in stamina.retry_context(httpx.TransportError, attempts=ATTEMPTS_MAX):
            with attempt:
                sha256 = await _receive(client, url, draft, artifact.size_bytes, advance)
    except httpx.HTTPStatusError as error:
        raise StackError(f"{url} responds {error.response.status_code}") from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        reason = str(error) or type(error).__name__
        raise StackError(
            f"cannot download {url}: {reason}; the first start needs a network"
        ) from None
    if sha256 != artifact.sha256:
        draft.unlink()
        raise StackError(
            f"{url} is corrupt: its SHA-256 is {sha256}, the pinned one is {artifact.sha256}"
        )
    draft.replace(file)


async def _receive(
    client: httpx.AsyncClient, url: str, draft: Path, bytes_max: int, advance: Advance
) -> str:
    digest = hashlib.sha256()
    received = 0
    try:
        async with client.stream("GET", url) as response:
            response.raise_for_status()
            with draft.open("wb") as file:
                async for chunk in response.aiter_raw():
                    received += len(chunk)
                    if received > bytes_max:
                        raise StackError(f"{url} is corrupt: it is larger than {bytes_max} bytes")
                    digest.update(chunk)
                    file.write(chunk)
                    advance(len(chunk))
    except httpx.TransportError:
        advance(-received)  # the next attempt starts at the first byte
        raise
    return digest.hexdigest()


def _maven_central() -> str:
    # Imported here, because it takes 0.2 s and a start rarely downloads.
    from jgo.constants import MAVEN_CENTRAL_URL  # noqa: PLC0415 - see above

    return str(MAVEN_CENTRAL_URL)
