"""The cache of downloads, with an HTTP server that fails, truncates and corrupts."""

import asyncio
import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from embedded_stack._artifacts import Artifact
from embedded_stack._artifacts.cache import Cache
from embedded_stack._supervisor.console import Console
from embedded_stack.artifacts import fetch_pinned
from embedded_stack.errors import StackError
from embedded_stack.listeners import HOST
from embedded_stack_tests.bookshop import TOPOLOGY

CONTENT = b"what was pinned" * 1000
ARTIFACT = Artifact("shop/thing/1/thing-1.jar", hashlib.sha256(CONTENT).hexdigest(), len(CONTENT))


class Repository(ThreadingHTTPServer):
    """Serves one body for every path and counts the requests."""

    body = CONTENT
    promised = len(CONTENT)
    status = 200
    requests = 0

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Repository

    def do_GET(self) -> None:
        self.server.requests += 1
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(self.server.promised))
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def repository() -> Iterator[Repository]:
    with Repository((HOST, 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def fetch(folder: Path, repository: Repository) -> Path:
    cache = Cache(folder, repository.url, Console(quiet=True))
    (path,) = asyncio.run(cache.fetch([ARTIFACT]))
    return path


def test_an_artifact_is_downloaded_once(tmp_path: Path, repository: Repository) -> None:
    assert fetch(tmp_path, repository).read_bytes() == CONTENT
    assert fetch(tmp_path, repository).read_bytes() == CONTENT
    assert repository.requests == 1


def test_a_damaged_file_is_downloaded_again(tmp_path: Path, repository: Repository) -> None:
    fetch(tmp_path, repository).write_bytes(CONTENT[:-1] + b"!")

    assert fetch(tmp_path, repository).read_bytes() == CONTENT
    assert repository.requests == 2


def test_a_corrupt_download_is_rejected(tmp_path: Path, repository: Repository) -> None:
    repository.body = CONTENT[:-1] + b"!"

    with pytest.raises(StackError, match=r"thing-1\.jar is corrupt: its SHA-256 is "):
        fetch(tmp_path, repository)
    assert not (tmp_path / "maven" / ARTIFACT.path).exists()

    repository.body = CONTENT
    assert fetch(tmp_path, repository).read_bytes() == CONTENT


def test_an_incomplete_download_is_retried_then_rejected(
    tmp_path: Path, repository: Repository
) -> None:
    repository.promised += 1

    with pytest.raises(StackError, match="cannot download"):
        fetch(tmp_path, repository)
    assert repository.requests == 3
    assert not (tmp_path / "maven" / ARTIFACT.path).exists()


def test_a_missing_artifact_is_named(tmp_path: Path, repository: Repository) -> None:
    repository.status = 404

    with pytest.raises(StackError, match=r"thing-1\.jar responds 404"):
        fetch(tmp_path, repository)


def test_files_of_a_pins_file_are_downloaded_into_the_cache_of_the_stack(
    tmp_path: Path, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = f"{ARTIFACT.sha256}  {ARTIFACT.size_bytes}  {ARTIFACT.path}\n"
    (tmp_path / "thing.pins").write_text(line)
    monkeypatch.setenv("STACK_MAVEN_REPOSITORY", repository.url)
    monkeypatch.setenv("STACK_CACHE", str(tmp_path / "cache"))

    (path,) = asyncio.run(fetch_pinned("thing", tmp_path, TOPOLOGY))

    assert path == tmp_path / "cache" / "maven" / ARTIFACT.path
    assert path.read_bytes() == CONTENT
