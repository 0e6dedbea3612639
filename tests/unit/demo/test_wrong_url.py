"""The demo against a URL that isn't one of a gateway."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from tests.shop_topology import ROOT

DEMO_SECONDS_MAX = 60


@contextmanager
def server(status: int, body: bytes) -> Iterator[str]:
    """Serves one response to every POST, and yields the URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Keeps the output of the tests short."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as found:
        thread = Thread(target=found.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{found.server_port}"
        finally:
            found.shutdown()
            thread.join()


def demo(url: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "demo", "--url", url]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=DEMO_SECONDS_MAX
    )


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (404, b"<html>[/b] not here</html>"),
        (404, b"7"),
        (200, b"<html>welcome</html>"),
        (200, b'{"welcome": true}'),
    ],
)
def test_response_of_another_server_is_shown(status: int, body: bytes) -> None:
    with server(status, body) as url:
        done = demo(url)
    assert done.returncode == 1
    assert f"✗ {url}: {status} {body.decode()}" in done.stdout.replace("\n", " ")
    assert done.stderr == ""


@pytest.mark.parametrize("url", ["http://127.0.0.1:x", "http://127.0.0.1:1"])
def test_wrong_url_is_named(url: str) -> None:
    done = demo(url)
    assert done.returncode == 1
    assert f"no response from {url} (" in done.stdout
    assert done.stderr == ""
