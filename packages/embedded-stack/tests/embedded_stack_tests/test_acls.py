import asyncio
from pathlib import Path

import pytest

from embedded_stack._plan.acls import declared
from embedded_stack.errors import StackError
from embedded_stack.topology import Service, Topology


def topology(folder: Path, program: str) -> Topology:
    (folder / "web.py").write_text(program)
    services = {"web": Service(port=5001, messaging=True)}
    return Topology(folder=folder, name="it", services=services)


def test_a_module_prints_the_acls_of_its_user(tmp_path: Path) -> None:
    program = 'import sys; print(\'[{"resource": "topic", "name": "a", "operations": ["read"]}]\', sys.argv[1])'
    found = asyncio.run(declared(topology(tmp_path, program.replace(", sys.argv[1]", ""))))
    assert [(acl.name, acl.operations) for acl in found["web"]] == [("a", ("read",))]


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("", "Invalid JSON"),
        ('print("""[{"resource": "cluster", "name": "a", "operations": []}]""")', "resource"),
        ("raise SystemExit('no such option')", "no such option"),
    ],
)
def test_a_module_that_prints_no_acls_is_an_error_that_names_the_command(
    tmp_path: Path, program: str, reason: str
) -> None:
    with pytest.raises(StackError) as error:
        asyncio.run(declared(topology(tmp_path, program)))
    assert "`python -m web --kafka-acls` must print a JSON array of ACLs: " in str(error.value)
    assert reason in str(error.value)
