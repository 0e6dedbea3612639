import os
import socket

import pytest

from stack import ports
from stack.errors import StackError
from stack.running import FREE_PORTS
from stack.settings import HOST, Ports


def test_free_ports_differ_and_fixed_ones_stay() -> None:
    chosen = ports.resolve(FREE_PORTS.model_copy(update={"kafka_port": 19092}))

    numbers = list(chosen.model_dump().values())
    assert len(set(numbers)) == len(numbers) == len(Ports.model_fields)
    assert chosen.kafka_port == 19092


def test_a_taken_port_is_named_with_its_setting_and_process() -> None:
    with socket.create_server((HOST, 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(StackError) as refusal:
            ports.check_free({"gateway_port": port})

    assert f"port {port} is in use" in str(refusal.value)
    assert f"(process {os.getpid()})" in str(refusal.value)
    assert "STACK_GATEWAY_PORT" in str(refusal.value)


def test_a_port_whose_server_is_gone_is_free() -> None:
    with socket.create_server((HOST, 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection((HOST, port)):
            connection, _ = server.accept()
            connection.close()  # the server's side waits in TIME_WAIT

    ports.check_free({"gateway_port": port})
