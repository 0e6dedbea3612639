from pathlib import Path

import pytest

from embedded_stack.errors import StackError
from embedded_stack.topology import load_topology

SERVICE = 'name = "it"\n[services.one]\nport = 5001\n'


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("name = \n", "Invalid value (at line 1, column 8)"),
        ("[services.one]\nport = 5001", "name: Field required"),
        ('name = "it"', "services: Field required"),
        (f"{SERVICE}prot = 1", "services.one.prot: Extra inputs are not permitted"),
        (
            SERVICE.replace("5001", "70000"),
            "services.one.port: Input should be less than or equal to 65535",
        ),
        (
            SERVICE.replace("services.one", "services.One"),
            r"services.One.[key]: String should match pattern '^[a-z][a-z0-9_]*$'",
        ),
        (
            SERVICE.replace("services.one", "services.kafka"),
            "services.kafka: the name belongs to an embedded server",
        ),
        (
            SERVICE.replace("services.one", "services.registry_health"),
            "services.registry_health: the name belongs to an embedded server",
        ),
        (
            f"{SERVICE}[services.two]\nport = 5001",
            "services.two.port: 5001 is the default of one_port",
        ),
        (
            SERVICE.replace("5001", "9092"),
            "services.one.port: 9092 is the default of kafka_port",
        ),
        (f'{SERVICE}upstreams = ["two"]', "services.one.upstreams: there is no service two"),
        (
            f'{SERVICE}upstreams = ["two"]\n[services.two]\nport = 5002\nupstreams = ["one"]',
            "services: they need one another: ",
        ),
        (f'{SERVICE}migrations = ["none"]', "services.one.migrations: there is no folder none"),
        (
            f'{SERVICE}migrations = ["a,b"]',
            "services.one.migrations: 'a,b' must be a relative path without a comma",
        ),
        (f'{SERVICE}grants = ["none.sql"]', "services.one.grants: there is no file none.sql"),
        (
            f'{SERVICE}auth.KEY = "{{password}}"',
            "services.one.auth.KEY: '{password}' may name issuer, audience, caller_token_key_file, ",
        ),
        (
            f'{SERVICE}auth.KEY = "{{issuer.url}}"',
            "services.one.auth.KEY: '{issuer.url}' may name issuer, audience, caller_token_key_file, ",
        ),
        (
            f'{SERVICE}auth.KEY = "{{issuer[url]}}"',
            "services.one.auth.KEY: '{issuer[url]}' may name issuer, audience, caller_token_key_file, ",
        ),
        (
            f'{SERVICE}messaging_values.KEY = "{{issuer}}"',
            "services.one.messaging_values.KEY: '{issuer}' may name kafka_bootstrap_servers, ",
        ),
        (
            f'{SERVICE}[auth]\naudience = "it"\nscopes = ["a b"]',
            "auth.scopes.0: String should match",
        ),
        (
            f'{SERVICE}[[steps]]\nname = "one"\nmodule = "one"',
            "steps: one is the name of a service, too",
        ),
        (f'{SERVICE}module = "a-b"', "services.one.module: String should match pattern"),
    ],
)
def test_a_mistake_in_a_declaration_is_an_error_that_names_file_and_place(
    tmp_path: Path, text: str, mistake: str
) -> None:
    file = tmp_path / "topology.toml"
    file.write_text(text)
    with pytest.raises(StackError) as error:
        load_topology(file)
    assert f"{file}: {mistake}" in str(error.value)
    assert "\n" not in str(error.value)


def test_a_missing_declaration_is_an_error_that_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(StackError, match=r"cannot read the topology .*absent\.toml: No such file"):
        load_topology(tmp_path / "absent.toml")
