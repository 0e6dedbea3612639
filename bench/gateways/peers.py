"""The gateways as processes: ours, and those it is compared with."""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.gateways import envoy, python_environment
from bench.gateways.python_environment import ENVIRONMENT
from bench.gateways.token_issuer import TokenIssuer
from bench.measuring.load import Load
from bench.measuring.processes import await_listener, last_lines, process
from bench.measuring.results import OURS
from embedded_stack.testing import free_ports
from toolchain.places import ROOT


@dataclass(frozen=True)
class Worker:
    """A process of a gateway."""

    address: str
    """Where it listens."""
    command: Sequence[str | Path]
    environment: Mapping[str, str]


@dataclass(frozen=True)
class Peer:
    """A gateway with all its processes."""

    name: str
    workers: Sequence[Worker]
    token: str = ""
    """The bearer token that its requests need."""


@dataclass(frozen=True)
class Running:
    """A gateway that runs."""

    name: str
    pids: Sequence[int]
    load: Load


@contextmanager
def running(binaries: Path, backend: str, folder: Path, workers: int) -> Iterator[list[Running]]:
    """Runs all gateways for the length of the block; ours is the first one.

    Args:
        binaries: the folder of the Go programs.
        backend: the address of the gRPC server that all call.
        folder: for logs and configuration.
        workers: the number of processes of a gateway in Python, and of threads of Go's and of Envoy.
    """
    inherited = {"PATH": os.environ["PATH"], "ORDERS_GRPC_ADDRESS": backend}
    inherited["PAYMENTS_GRPC_ADDRESS"] = backend
    python_environment.install()
    with ExitStack() as opened:
        found = []
        for peer in _peers(binaries, backend, folder, workers):
            pids = []
            for worker in peer.workers:
                environment = {**inherited, **worker.environment}
                log = folder / f"{peer.name}.log"
                pids.append(
                    opened.enter_context(process(peer.name, worker.command, environment, log))
                )
                _await(worker.address, peer.name, log)
            urls = ",".join(f"http://{worker.address}" for worker in peer.workers)
            found.append(Running(peer.name, pids, Load(binaries / "load", urls, peer.token)))
        yield found


def _await(address: str, name: str, log: Path) -> None:
    try:
        await_listener(address)
    except TimeoutError as error:
        raise TimeoutError(f"{name}: {error}: {last_lines(log)}") from None


def _peers(binaries: Path, backend: str, folder: Path, workers: int) -> list[Peer]:
    issuer = TokenIssuer(folder)
    return [
        Peer(OURS, _ours("asyncio", workers)),
        Peer("ours, access control", _ours("asyncio", workers, issuer.settings()), issuer.token()),
        Peer("ours, grpcio", _ours("grpcio", workers)),
        Peer("go", [_go(binaries, workers)]),
        Peer("envoy", [_envoy(backend, folder, workers)]),
        Peer("fastapi", _uvicorn("fastapi_gateway", workers)),
        Peer("connexion", _uvicorn("connexion_gateway", workers)),
    ]


def _ours(transport: str, workers: int, access: Mapping[str, str] = {}) -> list[Worker]:
    settings = {
        **access,
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        "GRPC_TRANSPORT": transport,
    }
    return [
        Worker(address, (sys.executable, "-m", "gateway"), settings | {"GATEWAY_ADDRESS": address})
        for address in _addresses(workers)
    ]


def _go(binaries: Path, workers: int) -> Worker:
    (address,) = _addresses(1)
    settings = {"GATEWAY_ADDRESS": address, "GOMAXPROCS": str(workers)}
    return Worker(address, (binaries / "gateway",), settings)


def _envoy(backend: str, folder: Path, workers: int) -> Worker:
    (address,) = _addresses(1)
    place = folder / f"envoy-{workers}.yaml"
    file = envoy.configuration(place, address, backend, envoy.descriptors(folder))
    options = ("--concurrency", str(workers), "--disable-hot-restart", "--log-level", "warning")
    return Worker(address, (ENVIRONMENT / "bin" / "envoy", "-c", file, *options), {})


def _uvicorn(module: str, workers: int) -> list[Worker]:
    """Returns processes of a gateway in `peers/python`, with uvicorn's own event loop and parser in C."""
    packages = (ROOT / "packages" / name / "src" for name in ("rpc-contract", "protoc-plugin-kit"))
    folders = (python_environment.FOLDER, ROOT / "gen", ROOT / "third_party", *packages)
    settings = {
        "PYTHONPATH": os.pathsep.join(map(str, folders)),
        "SPECIFICATION": str(ROOT / "gen" / "openapi" / "shop.swagger.json"),
    }
    command = (ENVIRONMENT / "bin" / "python", "-m", "uvicorn", f"{module}:app", "--no-access-log")
    return [
        Worker(address, (*command, "--port", address.rpartition(":")[2]), settings)
        for address in _addresses(workers)
    ]


def _addresses(number: int) -> list[str]:
    return [f"127.0.0.1:{port}" for port in free_ports(number)]
