"""The artifacts on this machine: downloaded once per user, verified at every start."""

import asyncio
import shutil
import tarfile
from collections.abc import Sequence
from pathlib import Path

from filelock import AsyncFileLock

from embedded_stack._artifacts import Artifact
from embedded_stack._artifacts.download import download
from embedded_stack._supervisor.console import Console
from embedded_stack._supervisor.folder import require_usable_folder
from embedded_stack.errors import StackError

FREE_BYTES_MIN = 600 * 1024 * 1024
"""The artifacts' 200 MB of downloads, 170 MB unpacked, and a margin."""


class Cache:
    """A folder that several stacks may use at the same time.

    Raises:
        StackError: its name has a colon, which separates paths in Java's class path.
    """

    def __init__(self, folder: Path, repository: str | None, console: Console) -> None:
        require_usable_folder(folder, ":")
        self._folder = folder
        self._repository = repository
        self._console = console

    async def fetch(self, artifacts: Sequence[Artifact]) -> list[Path]:
        """Returns the artifacts' files; downloads those that are missing or damaged.

        Raises:
            StackError: the repository can't be reached, or its content is not the pinned one.
            StackError: the disk is full.
        """
        paths = [self._folder / "maven" / artifact.path for artifact in artifacts]
        if await self._wrong(artifacts):
            async with self._lock():
                # Another stack may have downloaded them while this one waited.
                wrong = await self._wrong(artifacts)
                if wrong:
                    require_space(self._folder, FREE_BYTES_MIN)
                    await download(wrong, self._repository, self._folder / "maven", self._console)
        return paths

    async def unpack(self, archive: Path) -> Path:
        """Returns the folder with the content of a fetched archive."""
        folder = self._folder / "unpacked" / archive.name
        if not folder.exists():
            async with self._lock():
                if not folder.exists():
                    require_space(self._folder, FREE_BYTES_MIN)
                    await asyncio.to_thread(_unpack, archive, folder)
        return folder

    async def _wrong(self, artifacts: Sequence[Artifact]) -> list[Artifact]:
        def check(artifact: Artifact) -> bool:
            return artifact.matches(self._folder / "maven" / artifact.path)

        right = await asyncio.gather(
            *(asyncio.to_thread(check, artifact) for artifact in artifacts)
        )
        return [artifact for artifact, matches in zip(artifacts, right, strict=True) if not matches]

    def _lock(self) -> AsyncFileLock:
        self._folder.mkdir(parents=True, exist_ok=True)
        return AsyncFileLock(self._folder / "lock")


def require_space(folder: Path, free_bytes_min: int) -> None:
    """Makes sure that a disk has enough free space.

    Raises:
        StackError: it hasn't; names the folder and both figures.
    """
    free = shutil.disk_usage(folder).free
    if free < free_bytes_min:
        raise StackError(
            f"the disk of {folder} is full: {free // 2**20} MiB are free, "
            f"{free_bytes_min // 2**20} MiB are needed"
        )


def _unpack(archive: Path, folder: Path) -> None:
    draft = folder.with_suffix(".draft")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    with tarfile.open(archive) as content:
        # Python before 3.11.4 has no filters; the content is pinned anyway.
        content.extraction_filter = getattr(tarfile, "data_filter", lambda member, _: member)
        content.extractall(draft)  # noqa: S202 - see above
    draft.rename(folder)
