"""Debian's Chromium, driven by Playwright, and the accessibility rules of axe-core."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

from tests.shop_topology import ROOT
from toolchain.node import install

SECONDS_MAX: Final = 15
"""How long a test waits for what a page is expected to show."""
PROGRAM: Final = shutil.which("chromium")
NEEDS_CHROMIUM: Final = pytest.mark.skipif(
    PROGRAM is None, reason="no `chromium` on the PATH: `apt-get install chromium` brings it"
)
RUN: Final = """async () => {
  // A page has its new colours in the next frame, and the transitions to them have an end.
  await new Promise(requestAnimationFrame);
  await new Promise(requestAnimationFrame);
  while (document.getAnimations().length)
    await Promise.allSettled(document.getAnimations().map((animation) => animation.finished));
  return axe.run({resultTypes: ["violations"]});
}"""
IMPACTS: Final = ("critical", "serious")
REMAINDERS: Final = {
    # Swagger UI 5.35 has the link to an operation inside the button that opens it.
    ("nested-interactive", ".opblock-summary-control"),
    # Its button "Authorize" has the name "Apply credentials".
    ("label-content-name-mismatch", 'button[type="submit"]'),
}
"""What axe finds and Swagger UI doesn't let us mend: the rule, and the end of the element's selector."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Runs the `chromium` on the PATH."""
    expect.set_options(timeout=SECONDS_MAX * 1000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=PROGRAM)
        yield browser
        browser.close()


class Faults:
    """What a page must not do: write errors to the console, fail, or ask another host for something."""

    def __init__(self, page: Page, url: str) -> None:
        self.found: list[str] = []
        page.on("console", lambda message: self._console(message.type, message.text))
        page.on("pageerror", lambda error: self.found.append(f"error: {error}"))
        page.route(lambda asked: not asked.startswith((f"{url}/", "data:", "blob:")), self._foreign)

    def _console(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"}:
            self.found.append(f"console: {text}")

    def _foreign(self, route: Route) -> None:
        self.found.append(f"foreign request: {route.request.url}")
        route.abort()


def load_axe(page: Page) -> None:
    """Loads axe-core into a page; it stays there until the page is left."""
    axe = install(ROOT / "toolchain" / "pages") / "node_modules" / "axe-core" / "axe.min.js"
    page.evaluate(axe.read_text())


def barriers(page: Page) -> list[str]:
    """Returns what axe finds critical or serious on a page, except for `REMAINDERS`."""
    violations: list[dict[str, Any]] = page.evaluate(RUN)["violations"]
    return [
        f"{violation['id']}: {node['target'][0]}"
        for violation in violations
        if violation["impact"] in IMPACTS
        for node in violation["nodes"]
        if not _remains(violation["id"], node["target"][0])
    ]


def _remains(rule: str, selector: str) -> bool:
    return any(rule == known and selector.endswith(end) for known, end in REMAINDERS)
