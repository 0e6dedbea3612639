"""What `./justw bench saga` rejects before it starts anything."""

import pytest
import typer
from typer.testing import CliRunner, Result

from bench.saga import main


@pytest.fixture
def run() -> typer.Typer:
    app = typer.Typer()
    app.command()(main)
    return app


def _run(app: typer.Typer, *words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def test_unknown_row_is_an_error_that_lists_the_rows(run: typer.Typer) -> None:
    result = _run(run, "--rows", "saga,latncy")
    assert result.exit_code == 1
    assert "there are no rows latncy; there are saga, accept, latency" in result.output


def test_variable_without_a_value_is_an_error(run: typer.Typer) -> None:
    result = _run(run, "--ours-env", "GRPC_TRANSPORT")
    assert result.exit_code == 1
    assert "--ours-env takes NAME=VALUE" in result.output
