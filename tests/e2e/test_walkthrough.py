"""The demo and the README's requests work with and without access control."""

import json
import os
import re
import subprocess
import sys

import httpx
import pytest

from embedded_stack.testing import Running
from tests.shop_topology import ROOT

SECONDS_MAX = 60
USER = "7c0a1f6e-2d0b-4a51-9a55-0d5f3a3c1c11"


@pytest.fixture(params=["system", "guarded_system"])
def stack(request: pytest.FixtureRequest) -> Running:
    """The whole system, without and with access control."""
    found: Running = request.getfixturevalue(request.param)
    return found


def run(stack: Running, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        words,
        cwd=ROOT,
        env={**os.environ, "STACK_FOLDER": str(stack.folder)},
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
        check=False,
    )


def test_the_demo_plays_a_whole_order(stack: Running) -> None:
    done = run(stack, sys.executable, "-m", "demo")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "NEW, then FINISHED" in done.stdout
    assert "CANCELED CANCELED_BY_USER, then REFUND 1500" in done.stdout


def test_the_requests_of_the_readme_are_accepted(stack: Running) -> None:
    blocks = re.findall(r"\n```\n(.*?)```\n", (ROOT / "README.md").read_text(), re.DOTALL)
    (requests,) = (block for block in blocks if "curl" in block)
    (auth,) = (block for block in blocks if "./justw token" in block)
    script = requests.replace("http://127.0.0.1:8080", stack.endpoints.url("gateway"))
    if stack.endpoints.auth:
        script = script.replace("auth=\n", auth)

    done = run(stack, "bash", "-euo", "pipefail", "-c", script)

    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    account, top_up, order, orders, later, log = (
        json.loads(line) for line in lines if line.startswith("{")
    )
    assert [line for line in lines if line.startswith("id: ")][-1] == "id: FINISHED"
    assert (account["balance"], top_up["amount"], order["status"]) == (0, 5000, "NEW")
    assert [found["id"] for found in orders["orders"]] == [order["id"]]
    assert later["balance"] == 3500
    assert log["transactions"]


def test_a_guarded_system_rejects_requests_without_a_token(guarded_system: Running) -> None:
    url = guarded_system.endpoints.url("gateway")
    rejected = httpx.get(f"{url}/accounts/{USER}")
    assert rejected.status_code == httpx.codes.UNAUTHORIZED
    assert rejected.headers["www-authenticate"].startswith("Bearer")


def test_the_button_authorize_of_the_documentation_takes_a_token(guarded_system: Running) -> None:
    """Swagger UI sends what people enter, with the scheme of the first document that the page offers."""
    with httpx.Client(base_url=guarded_system.endpoints.url("gateway")) as rest:
        specification, *_ = re.findall(r'<option value="([^"]+)"', rest.get("/docs").text)
        document = rest.get(specification).json()
        (scheme,) = document["components"]["securitySchemes"].values()
        entered = f"{scheme['scheme']} {guarded_system.token(USER)}"
        found = rest.get(f"/accounts/{USER}", headers={"Authorization": entered})

    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")
    assert found.json()["details"][0]["reason"] == "ACCOUNT_NOT_FOUND"
