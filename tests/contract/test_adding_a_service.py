"""The page about adding a service: its example generates, starts, and is reachable through the gateway."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import stamina

from embedded_stack.listeners import HOST
from embedded_stack.testing import free_ports, running
from embedded_stack.topology import load_topology
from tests.packages.readme import write_files
from tests.project_copy import just

READY_SECONDS_MAX = 20.0
STOP_SECONDS_MAX = 20.0


def add(project: Path) -> None:
    """Follows the page."""
    page = project / "docs" / "ADDING_A_SERVICE.md"
    write_files(page, project)
    (declared,) = re.findall(r"```toml\n(.*?)```", page.read_text(), re.DOTALL)
    (generator,) = re.findall(r"```yaml\n(.*?)```", page.read_text(), re.DOTALL)
    topology, sqlc = project / "topology.toml", project / "sqlc.yaml"
    named = topology.read_text().replace(
        'upstreams = ["orders", "payments"]', 'upstreams = ["orders", "payments", "shipping"]'
    )
    topology.write_text(f"{named}\n{declared}")
    sqlc.write_text(sqlc.read_text().replace("\nrules:\n", f"\n{generator}rules:\n"))


@contextmanager
def gateway(project: Path, shipping: str) -> Iterator[str]:
    """Runs the copy's gateway; only shipping is up behind it."""
    (port,) = free_ports(1)
    addresses = {"SHIPPING_GRPC_ADDRESS": shipping, "GATEWAY_ADDRESS": f"{HOST}:{port}"}
    addresses |= dict.fromkeys(("ORDERS_GRPC_ADDRESS", "PAYMENTS_GRPC_ADDRESS"), f"{HOST}:1")
    path = os.pathsep.join([str(project), str(project / "gen")])
    log = project / "gateway.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            (sys.executable, "-P", "-m", "gateway"),
            env=os.environ | addresses | {"PYTHONPATH": path},
            stdout=output,
            stderr=output,
        )
    try:
        url = f"http://{HOST}:{port}"
        for attempt in stamina.retry_context(
            on=httpx.TransportError, attempts=None, timeout=READY_SECONDS_MAX, wait_max=0.2
        ):
            with attempt:
                assert process.poll() is None, log.read_text()
                httpx.get(f"{url}/healthz")
        yield url
    finally:
        process.terminate()
        process.wait(STOP_SECONDS_MAX)


def test_the_example_of_a_new_service_is_reachable_through_the_gateway(copy: Path) -> None:
    add(copy)
    generated = just("generate", copy)
    assert generated.returncode == 0, generated.stdout + generated.stderr
    topology = load_topology(copy / "topology.toml")

    with (
        running(topology, "shipping") as stack,
        gateway(copy, stack.endpoints.address("shipping")) as url,
    ):
        found = httpx.get(f"{url}/shipping-rates", params={"country": "DE"})
        wrong = httpx.get(f"{url}/shipping-rates", params={"country": "germany"})

    assert found.status_code == httpx.codes.OK, found.text
    assert found.json() == {
        "rates": [{"carrier": "Post", "price": 450}, {"carrier": "Express", "price": 990}]
    }
    assert wrong.status_code == httpx.codes.BAD_REQUEST
    assert "shipping" in topology.needs["gateway"]
