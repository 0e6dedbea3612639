"""The README's example, in a folder that has nothing of this repository but the wheels."""

from pathlib import Path

import pytest

from embedded_stack.testing import Running
from tests.empty_database import empty_database
from tests.packages.served_example import run_served_example
from tests.packages.wheels import SECONDS_MAX


@pytest.mark.timeout(SECONDS_MAX)
def test_readme_example_publishes_and_handles_events_with_the_wheels_alone(
    tmp_path: Path, infrastructure: Running
) -> None:
    endpoints = infrastructure.endpoints
    with empty_database(endpoints.superuser_database_url, "guestbook") as url:
        run_served_example(
            "transactional-events",
            "service.py",
            "GUESTBOOK",
            tmp_path,
            GUESTBOOK_DATABASE_URL=url,
            **endpoints.messaging,
        )
