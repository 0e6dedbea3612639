"""Takes the screenshots of the README from a running system: `python -m toolchain.screenshots http://127.0.0.1:8080`."""

import io
import shutil
import sys
from typing import Final, Literal

import typer
from PIL import Image
from playwright.sync_api import Browser, ViewportSize, sync_playwright

from toolchain.places import ROOT

FOLDER: Final = ROOT / "docs" / "screenshots"
PAGES: Final = {
    "start": ("", "header"),
    "docs": ("docs", ".opblock-tag"),  # the operations, below Swagger UI's introduction
    "events": ("events", "header"),
}
"""Name of the file → path of the page, and the element at the top of the screenshot."""
SCHEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")
VIEWPORT: Final[ViewportSize] = {"width": 1366, "height": 850}
COLORS: Final = 48
"""A palette keeps the files small; the pages have few colours."""


def take(browser: Browser, url: str, scheme: Literal["light", "dark"]) -> None:
    """Takes a screenshot of the upper part of each page, in one colour scheme."""
    with browser.new_context(color_scheme=scheme, viewport=VIEWPORT) as context:
        page = context.new_page()
        for name, (path, top) in PAGES.items():
            page.goto(f"{url.rstrip('/')}/{path}", wait_until="networkidle")
            page.locator(top).first.evaluate("element => element.scrollIntoView()")
            image = Image.open(io.BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
            palette = image.quantize(COLORS, dither=Image.Dither.NONE)
            palette.save(FOLDER / f"{name}-{scheme}.png", optimize=True)


def main(url: str) -> None:
    """Takes all screenshots."""
    program = shutil.which("chromium")
    if program is None:
        sys.exit("screenshots: no chromium on the PATH; apt-get install chromium brings it")
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program)
        for scheme in SCHEMES:
            take(browser, url, scheme)
        browser.close()


if __name__ == "__main__":
    typer.run(main)
