"""The issuer's keys rotate, and the issuer freezes, without a failed request."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import httpx
import pytest

from embedded_stack.testing import Running

ROTATIONS = 3
REQUESTS = 50
SECONDS_MAX = 60


class Requests:
    """Reads an account again and again, each time with a new token."""

    def __init__(self, stack: Running) -> None:
        self._stack = stack
        self._user = str(uuid4())
        self._changed = threading.Condition()
        self._is_stopped = False
        self.statuses: list[int] = []

    def await_more(self) -> None:
        """Waits for the responses to REQUESTS more requests."""
        with self._changed:
            wanted = len(self.statuses) + REQUESTS
            assert self._changed.wait_for(lambda: len(self.statuses) >= wanted, SECONDS_MAX)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Sends requests until the end of the block."""
        thread = threading.Thread(target=self._run)
        thread.start()
        try:
            yield
        finally:
            self._is_stopped = True
            thread.join(SECONDS_MAX)

    def _run(self) -> None:
        url = self._stack.endpoints.url("gateway")
        with httpx.Client(base_url=url, timeout=SECONDS_MAX) as rest:
            rest.post("/accounts", json={"user_id": self._user}, headers=self._token())
            while not self._is_stopped:
                found = rest.get(f"/accounts/{self._user}", headers=self._token())
                with self._changed:
                    self.statuses.append(found.status_code)
                    self._changed.notify_all()

    def _token(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._stack.token(self._user)}"}


@pytest.mark.timeout(SECONDS_MAX * (ROTATIONS + 3))
def test_no_request_fails_while_keys_rotate_and_while_the_issuer_is_frozen(
    guarded_system: Running,
) -> None:
    requests = Requests(guarded_system)
    with requests.running():
        requests.await_more()
        for _ in range(ROTATIONS):
            guarded_system.rotate_keys()
            requests.await_more()
        guarded_system.pause("issuer")
        try:
            requests.await_more()
        finally:
            guarded_system.resume("issuer")

    assert set(requests.statuses) == {httpx.codes.OK}
