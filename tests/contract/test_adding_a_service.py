"""The page about adding a service: its example generates, starts, and is reachable through the gateway."""

import os
import re
import subprocess
import sys
import zipfile
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
    topology = project / "topology.toml"
    named = topology.read_text().replace(
        'upstreams = ["orders", "payments"]', 'upstreams = ["orders", "payments", "shipping"]'
    )
    topology.write_text(f"{named}\n{declared}")


def contents(project: Path) -> dict[str, bytes]:
    """The files that people edit or generate, without caches and links to tools."""
    paths = (path for path in project.rglob("*") if path.is_file())
    found = {str(path.relative_to(project)): path.read_bytes() for path in paths}
    return {name: data for name, data in found.items() if "cache" not in name}


def changes(before: dict[str, bytes], after: dict[str, bytes]) -> set[str]:
    """Returns the top-level files and folders in which a file is new or differs."""
    names = before.keys() | after.keys()
    return {name.partition("/")[0] for name in names if before.get(name) != after.get(name)}


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
    before = contents(copy)
    add(copy)
    written = contents(copy)
    generated = just("generate", copy)
    assert generated.returncode == 0, generated.stdout + generated.stderr
    assert changes(before, written) == {"contracts", "shipping", "sql", "topology.toml"}
    assert changes(written, contents(copy)) == {"docs", "gen", "sqlc.yaml"}
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


def test_import_rules_and_the_wheel_cover_a_new_service(copy: Path) -> None:
    add(copy)
    generated = just("generate", copy)
    assert generated.returncode == 0, generated.stdout + generated.stderr
    kept = just("layers", copy)
    assert kept.returncode == 0, kept.stdout

    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(copy / "dist")]
    subprocess.run(command, cwd=copy, check=True, capture_output=True)
    (wheel,) = (copy / "dist").glob("*.whl")
    assert "shipping/service.py" in zipfile.ZipFile(wheel).namelist()

    service = copy / "shipping" / "service.py"
    service.write_text(f"{service.read_text()}\nimport payments.service\n")
    broken = just("layers", copy)
    assert broken.returncode != 0
    assert "shipping.service" in broken.stdout
