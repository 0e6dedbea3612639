"""The README's example, in a folder that has nothing of this repository but the wheels."""

from pathlib import Path

import pytest

from embedded_stack.testing import Running
from tests.empty_database import empty_database
from tests.packages.served_example import run_served_example
from tests.packages.wheels import SECONDS_MAX


@pytest.mark.timeout(SECONDS_MAX)
def test_readme_example_generates_and_serves_grpc_with_the_wheels_alone(
    tmp_path: Path, postgres: Running
) -> None:
    with empty_database(postgres.endpoints.superuser_database_url, "notes") as url:
        run_served_example(
            "transactional-grpc", "server.py", "NOTES", tmp_path, NOTES_DATABASE_URL=url
        )
