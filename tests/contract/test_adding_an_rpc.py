"""The README's example of adding an RPC shows lines that the files contain."""

import re
from pathlib import Path

import pytest

from tests.packages.readme import files

ROOT = Path(__file__).parents[2]
EXAMPLE = files(ROOT / "README.md")
LEFT_OUT = re.compile(r"^ *// … .*\n", re.MULTILINE)
"""A comment in place of lines that the example leaves out."""


@pytest.mark.parametrize("name", EXAMPLE)
def test_example_shows_lines_of_the_file(name: str) -> None:
    text = (ROOT / name).read_text()
    for lines in LEFT_OUT.split(EXAMPLE[name]):
        _, found, text = text.partition(lines)
        assert found, f"{name} doesn't contain these lines, or not in this order:\n{lines}"


def test_example_has_contract_errors_query_and_method() -> None:
    assert list(EXAMPLE) == [
        "contracts/shop/orders/v1/order_service.proto",
        "contracts/shop/orders/v1/error_reason.proto",
        "sql/orders/queries/orders.sql",
        "orders/service.py",
    ]
