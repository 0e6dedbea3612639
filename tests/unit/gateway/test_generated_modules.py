"""The generated gateway modules of this shop."""

from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_generated_modules_name_no_route_twice() -> None:
    """The committed modules are what the committed contracts say: one operation per rule."""
    rules = (ROOT / "contracts/shop/orders/v1/order_service.proto").read_text()
    text = (ROOT / "gen/shop/orders/v1/order_service_gateway.py").read_text()
    assert text.count("    Operation(\n") == rules.count("option (google.api.http)") > 1
