import os
import socket
import subprocess
import sys

import pytest

from embedded_stack._plan import ports
from embedded_stack.errors import StackError
from embedded_stack.listeners import HOST, describe_conflicts
from embedded_stack.servers import default_ports, fixed_ports
from embedded_stack_tests.bookshop import TOPOLOGY


def test_free_ports_differ_and_fixed_ones_stay() -> None:
    chosen = ports.resolve(dict.fromkeys(TOPOLOGY.ports, 0) | {"kafka_port": 19092})

    assert len(set(chosen.values())) == len(chosen) == len(TOPOLOGY.ports)
    assert chosen["kafka_port"] == 19092


def test_no_other_process_gets_a_reserved_port_before_its_server_listens(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ports, "FREE_PORTS", range(20_000, 20_000 + ports.ATTEMPTS_MAX))
    program = (
        "from embedded_stack._plan import ports\n"
        f"ports.FREE_PORTS = range({ports.FREE_PORTS.start}, {ports.FREE_PORTS.stop})\n"
        "print(*ports.free(300), flush=True)\n"
        "input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        theirs = {int(port) for port in other.stdout.readline().split()}
        ours = ports.free(300)
        other.communicate("\n")

    assert len(theirs) == len(ours) == 300
    assert theirs.isdisjoint(ours)


def test_a_server_listens_on_its_reserved_port_again_and_again() -> None:
    (port,) = ports.free(1)

    for _ in range(2):
        with (
            socket.create_server((HOST, port)) as server,
            socket.create_connection((HOST, port)),
        ):
            server.accept()[0].close()
    ports.check_free({"web_port": port})


def test_the_error_of_used_ports_names_their_settings_and_the_listening_process() -> None:
    with socket.create_server((HOST, 0)) as one, socket.create_server((HOST, 0)) as two:
        used = {"web_port": one.getsockname()[1], "kafka_port": two.getsockname()[1]}
        # The child inherits one socket, and a client is connected to it.
        child = subprocess.Popen(["sleep", "60"], pass_fds=(one.fileno(),))
        with socket.create_connection(one.getsockname()), pytest.raises(StackError) as error:
            ports.check_free(used)
        child.kill()
        child.wait()

    text = str(error.value)
    for name, port in used.items():
        assert f"port {port} (STACK_{name.upper()}) is in use by " in text
    assert text.count(f"(process {os.getpid()})") == 2
    assert "STACK_PORTS=free" in text


def test_a_port_whose_server_has_ended_is_free() -> None:
    with socket.create_server((HOST, 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection((HOST, port)):
            connection, _ = server.accept()
            connection.close()  # The server's side is in TIME_WAIT now.

    ports.check_free({"web_port": port})


@pytest.mark.parametrize("text", ["abc", "-1", "65536", "9" * 9999, "tcp://10.0.0.1:80", "²"])
def test_before_the_installation_a_setting_that_is_no_port_is_skipped(text: str) -> None:
    environment = {"STACK_PORTS": "free", "STACK_KAFKA_PORT": text}
    fixed = fixed_ports(TOPOLOGY.ports, environment)

    assert fixed["kafka_port"] == 0
    assert describe_conflicts(fixed) == ""


def test_fixed_ports_are_the_defaults_unless_a_setting_names_another() -> None:
    assert fixed_ports(TOPOLOGY.ports, {}) == TOPOLOGY.ports
    given = {"STACK_PORTS": "free", "STACK_WEB_PORT": "18080"}
    expected = dict.fromkeys(TOPOLOGY.ports, 0) | {"web_port": 18080}
    assert fixed_ports(TOPOLOGY.ports, given) == expected
    services = {"catalog": 50051, "billing": 50052, "web": 8080}
    assert default_ports(services) == TOPOLOGY.ports
