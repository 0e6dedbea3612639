"""The generated schemas of this shop's events."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("subject", ["shop.orders.events.v1", "shop.payments.events.v1"])
def test_the_committed_schema_is_the_modules(subject: str) -> None:
    package = "/".join(subject.split("."))
    [module] = Path(ROOT / "gen" / package).glob("*_kafka.py")
    schema = (ROOT / "gen" / "schemas" / f"{subject}-value.proto").read_text()
    assert f'"""\\\n{schema}"""' in module.read_text()
