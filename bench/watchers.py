"""Measures how soon watchers of orders are told their ends, and what watchers cost.

`./justw bench watchers` creates orders while payments are frozen, opens a stream of server-sent events for each one, and
lets payments continue. The delay of a watcher is the time from the transaction that ends its order (`updated_at`, before
the commit) to the event. Meanwhile, other requests are sent one after the other. Exits with 1 if a watcher isn't told.
"""

import asyncio
import os
import resource
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated
from uuid import uuid4

import httpx
import psutil
import typer

from bench.measuring.memory import MEBIBYTE
from bench.measuring.processes import alone
from bench.measuring.report import print_table
from bench.measuring.results import Results
from bench.measuring.watchers import Watchers
from bench.shops.ours import our_processes
from bench.shops.servers import servers
from embedded_stack.errors import StackError
from embedded_stack.testing import Running

BENCHMARK = "bench watchers"
CONCURRENT = 50
"""Requests at once while orders are created."""
QUIET_SECONDS = 5.0
"""How long other requests are measured without events."""
END_SECONDS_MAX = 120.0
PARTS = ("gateway", "orders")
VALUE = "value"


def main(
    watchers: Annotated[int, typer.Option(min=1, help="The number of streams.")] = 2000,
    json: Annotated[Path | None, typer.Option(help="The file to write the results to.")] = None,
) -> None:
    """Measures watchers."""
    # Without this, SIGTERM would end the process without ending its children.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(f"{BENCHMARK}: terminated"))
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    results = Results(
        benchmark=BENCHMARK,
        settings={"cores": str(os.cpu_count()), "watchers": f"{watchers:,}"},
    )
    try:
        with alone(), servers() as base, our_processes(base, "gateway") as stack:
            asyncio.run(_measure(stack, watchers, results))
    except (
        RuntimeError,
        TimeoutError,
        StackError,
        httpx.HTTPError,
        subprocess.CalledProcessError,
    ) as error:
        sys.exit(f"{BENCHMARK}: {error}")
    if json:
        results.save(json)
    print_table(results, [VALUE])


async def _measure(stack: Running, count: int, results: Results) -> None:
    url = stack.endpoints.url("gateway")
    async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=30) as http:
        user = await _account(http, count)
        (payments,) = stack.copies("payments")
        stack.pause(payments)
        orders = await _create_orders(http, user, count)
        _add_memory(stack, "before the streams", results)
        await _add_latency(http, orders[0], "without streams", results)
        async with Watchers(url, orders) as watchers:
            await watchers.told("NEW", END_SECONDS_MAX)
            _add_memory(stack, "with the streams", results)
            await _add_latency(http, orders[0], "with the streams", results)
            stack.resume(payments)
            ending = asyncio.create_task(watchers.told("FINISHED", END_SECONDS_MAX))
            await _add_latency(http, orders[0], "while the orders end", results, ending)
            await ending
            delays = watchers.delays()
        _add_memory(stack, "after the streams", results)
    for name, share in (("median", 0.5), ("p99", 0.99), ("maximum", 1.0)):
        results.add(f"from the end to its watcher, {name}", VALUE, _at(delays, share), "ms")


async def _account(http: httpx.AsyncClient, balance: int) -> str:
    user = str(uuid4())
    (await http.post("/accounts", json={"user_id": user})).raise_for_status()
    path = f"/accounts/{user}/top-ups"
    (await http.post(path, json={"amount": balance})).raise_for_status()
    return user


async def _create_orders(http: httpx.AsyncClient, user: str, count: int) -> list[str]:
    allowed = asyncio.Semaphore(CONCURRENT)

    async def create() -> str:
        async with allowed:
            response = await http.post("/orders", json={"user_id": user, "amount": 1})
            return str(response.raise_for_status().json()["id"])

    return await asyncio.gather(*[create() for _ in range(count)])


def _add_memory(stack: Running, when: str, results: Results) -> None:
    for part in PARTS:
        (name,) = stack.copies(part)
        used = psutil.Process(stack.pid(name)).memory_info().rss / MEBIBYTE
        results.add(f"RSS of {part} {when}", VALUE, used, "MiB")


async def _add_latency(
    http: httpx.AsyncClient,
    order: str,
    when: str,
    results: Results,
    until: "asyncio.Task[None] | None" = None,
) -> None:
    """Adds the latency of other requests, for QUIET_SECONDS or until a task has ended."""
    taken = []
    end = time.monotonic() + QUIET_SECONDS
    while not until.done() if until else time.monotonic() < end:
        started = time.monotonic()
        (await http.get(f"/orders/{order}")).raise_for_status()
        taken.append((time.monotonic() - started) * 1000)
    for name, share in (("median", 0.5), ("p99", 0.99)):
        results.add(f"GET of an order {when}, {name}", VALUE, _at(taken, share), "ms")


def _at(values: Sequence[float], share: float) -> float:
    """Returns the value below which a share of the values is."""
    if len(values) == 1:
        return values[0]
    if share == 1:
        return max(values)
    return statistics.quantiles(values, n=100, method="inclusive")[round(share * 100) - 1]


if __name__ == "__main__":
    typer.run(main)
