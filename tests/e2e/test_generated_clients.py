"""Clients of the documents pay an order in the real system; `./justw clients` does so in more languages."""

from pathlib import Path
from uuid import uuid4

import pytest

from clients.language import Language
from clients.python import Python
from clients.run import Run
from clients.system import System
from clients.typescript import TypeScript
from embedded_stack.testing import Running

pytestmark = pytest.mark.timeout(300)  # the first run downloads the generators


@pytest.mark.parametrize("language", [Python(), TypeScript()], ids=lambda found: found.name)
def test_a_generated_client_compiles_and_pays_an_order(
    language: Language, guarded_system: Running, tmp_path: Path
) -> None:
    system = System(guarded_system.endpoints.url("gateway"), guarded_system.token)
    user = str(uuid4())
    run = Run(system.download(tmp_path), (system.url, user, system.token_of(user)), tmp_path)
    outcome = run.run(language, lambda _: None)
    assert outcome.log
    assert not outcome.failed, f"{outcome.failed}: {outcome.log.read_text()}"
