import os
import socket
import subprocess

import pytest

from embedded_stack import listeners
from embedded_stack._plan import ports
from embedded_stack._plan.settings import HOST, Ports
from embedded_stack.errors import StackError
from embedded_stack.testing import FREE_PORTS


def test_free_ports_differ_and_fixed_ones_stay() -> None:
    chosen = ports.resolve(FREE_PORTS.model_copy(update={"kafka_port": 19092}))

    numbers = list(chosen.model_dump().values())
    assert len(set(numbers)) == len(numbers) == len(Ports.model_fields)
    assert chosen.kafka_port == 19092


def test_all_taken_ports_are_named_with_their_settings_and_the_process_that_listens() -> None:
    with socket.create_server((HOST, 0)) as one, socket.create_server((HOST, 0)) as two:
        wanted = {"gateway_port": one.getsockname()[1], "kafka_port": two.getsockname()[1]}
        # The child has inherited the sockets, and a client is connected to one.
        child = subprocess.Popen(["sleep", "60"], pass_fds=(one.fileno(),))
        with socket.create_connection(one.getsockname()), pytest.raises(StackError) as refusal:
            ports.check_free(wanted)
        child.kill()
        child.wait()

    said = str(refusal.value)
    for name, port in wanted.items():
        assert f"port {port} (STACK_{name.upper()}) is in use by " in said
    assert said.count(f"(process {os.getpid()})") == 2
    assert "STACK_PORTS=free" in said


def test_a_port_whose_server_is_gone_is_free() -> None:
    with socket.create_server((HOST, 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection((HOST, port)):
            connection, _ = server.accept()
            connection.close()  # the server's side waits in TIME_WAIT

    ports.check_free({"gateway_port": port})


@pytest.mark.parametrize("text", ["abc", "-1", "65536", "9" * 9999, "tcp://10.0.0.1:80", "²"])
def test_before_the_installation_what_is_no_port_is_passed_over(text: str) -> None:
    wanted = listeners.wanted({"STACK_PORTS": "free", "STACK_KAFKA_PORT": text})

    assert wanted["kafka_port"] == 0
    assert listeners.describe(wanted) == ""
