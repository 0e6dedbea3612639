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


def test_the_requests_of_the_readme_are_accepted(stack: Running) -> None:
    blocks = re.findall(r"\n```\n(.*?)```\n", (ROOT / "README.md").read_text(), re.DOTALL)
    (requests,) = (block for block in blocks if "curl" in block)
    (auth,) = (block for block in blocks if "./justw token" in block)
    script = requests.replace("http://127.0.0.1:8080", stack.endpoints.url("gateway"))
    if stack.endpoints.auth:
        script = script.replace("auth=\n", auth)

    done = run(stack, "bash", "-euo", "pipefail", "-c", script)

    assert done.returncode == 0, done.stderr
    account, top_up, order, orders, later, log = map(json.loads, done.stdout.splitlines())
    assert (account["balance"], top_up["amount"], order["status"]) == (0, 5000, "NEW")
    assert [found["id"] for found in orders["orders"]] == [order["id"]]
    assert later["balance"] in {5000, 3500}
    assert log["transactions"]


def test_a_guarded_system_rejects_requests_without_a_token(guarded_system: Running) -> None:
    url = guarded_system.endpoints.url("gateway")
    rejected = httpx.get(f"{url}/accounts/{USER}")
    assert rejected.status_code == httpx.codes.UNAUTHORIZED
    assert rejected.headers["www-authenticate"].startswith("Bearer")


def test_the_button_authorize_of_the_documentation_takes_a_token(guarded_system: Running) -> None:
    """Swagger UI sends what people enter, in the header that the document of the page names."""
    with httpx.Client(base_url=guarded_system.endpoints.url("gateway")) as rest:
        page = rest.get("/docs", follow_redirects=True).text
        (specification,) = set(re.findall(r'url: "([^"]+)"', page))
        document = rest.get(specification).json()
        (scheme,) = document["securityDefinitions"].values()
        entered = f"Bearer {guarded_system.token(USER)}"
        found = rest.get(f"/accounts/{USER}", headers={scheme["name"]: entered})

    assert (scheme["type"], scheme["in"]) == ("apiKey", "header")
    assert "`Bearer <token>`" in scheme["description"]
    assert found.json()["details"][0]["reason"] == "ACCOUNT_NOT_FOUND"
