"""Downloading from a Maven repository."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import httpx
import stamina
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from stack.artifacts import Artifact
from stack.errors import StackError
from stack.together import together

CONNECTIONS_MAX = 4
ATTEMPTS_MAX = 3
SILENCE_SECONDS_MAX = 20.0
ARTIFACT_BYTES_MAX = 512 * 1024 * 1024


async def download(
    artifacts: Sequence[Artifact], repository: str | None, folder: Path, console: Console
) -> None:
    """Downloads artifacts side by side; a file appears in the folder once its content is checked.

    Raises:
        StackError: the repository cannot be reached, or sends something else than pinned.
    """
    base = (repository or _maven_central()).rstrip("/")
    console.print(f"downloading {len(artifacts)} file(s), once")
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    progress = Progress(
        *columns,
        TransferSpeedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    limits = httpx.Limits(max_connections=CONNECTIONS_MAX)
    # The pool hands out connections; waiting for one is no silence.
    timeout = httpx.Timeout(SILENCE_SECONDS_MAX, pool=None)
    async with httpx.AsyncClient(limits=limits, timeout=timeout, follow_redirects=True) as client:
        with progress:
            await together(
                _download(client, artifact, f"{base}/{artifact.path}", folder, progress)
                for artifact in artifacts
            )


async def _download(
    client: httpx.AsyncClient, artifact: Artifact, url: str, folder: Path, progress: Progress
) -> None:
    file = folder / artifact.path
    draft = file.with_name(f"{file.name}.draft")
    draft.parent.mkdir(parents=True, exist_ok=True)
    try:
        async for attempt in stamina.retry_context(httpx.TransportError, attempts=ATTEMPTS_MAX):
            with attempt:
                sha256 = await _receive(client, url, draft, progress)
    except httpx.HTTPStatusError as error:
        raise StackError(f"{url} answers {error.response.status_code}") from None
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


async def _receive(client: httpx.AsyncClient, url: str, draft: Path, progress: Progress) -> str:
    digest = hashlib.sha256()
    async with client.stream("GET", url) as response:
        response.raise_for_status()
        size = int(response.headers.get("Content-Length", 0))
        task = progress.add_task(url.rpartition("/")[2], total=size or None)
        try:
            with draft.open("wb") as file:
                async for chunk in response.aiter_raw():
                    if response.num_bytes_downloaded > ARTIFACT_BYTES_MAX:
                        raise StackError(f"{url} is larger than {ARTIFACT_BYTES_MAX} bytes")
                    digest.update(chunk)
                    file.write(chunk)
                    progress.update(task, advance=len(chunk))
        finally:
            progress.remove_task(task)
    return digest.hexdigest()


def _maven_central() -> str:
    # Imported when it is needed: that takes a fifth of a second, and a start rarely downloads.
    from jgo.constants import MAVEN_CENTRAL_URL  # noqa: PLC0415 - see above

    return str(MAVEN_CENTRAL_URL)
