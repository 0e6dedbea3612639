from pathlib import Path

import pytest

from embedded_stack._plan import services
from embedded_stack._plan.blueprint import Blueprint
from embedded_stack._plan.copies import COPIES_MAX, parse
from embedded_stack._plan.settings import Part, Settings
from embedded_stack._supervisor.folder import Folder
from embedded_stack.errors import StackError
from embedded_stack.testing import FREE_PORTS


def blueprint(path: Path, part: Part, scale: dict[Part, int]) -> Blueprint:
    folder = Folder(path)
    folder.create()
    return Blueprint(Settings(folder=path, ports=FREE_PORTS), folder, [part], scale)


@pytest.mark.parametrize(
    ("text", "scale"),
    [
        ("", {}),
        ("orders=2", {Part.ORDERS: 2}),
        ("payments=3,orders=1", {Part.ORDERS: 1, Part.PAYMENTS: 3}),
        (f"orders={COPIES_MAX}", {Part.ORDERS: COPIES_MAX}),
    ],
)
def test_a_scale(text: str, scale: dict[Part, int]) -> None:
    assert parse(text) == scale


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("shipping=2", "shipping cannot be scaled, only orders and payments"),
        ("gateway=2", "gateway cannot be scaled, only orders and payments"),
        ("orders=2,", "nothing cannot be scaled, only orders and payments"),
        ("orders", "orders has no number of copies; say orders=2"),
        ("orders=", "orders has no number of copies; say orders=2"),
        ("orders=two", "two is not a number; say orders=2"),
        ("orders=-1", "-1 is not a number; say orders=2"),
        ("orders=²", "² is not a number; say orders=2"),
        ("orders=0", f"there can be 1 to {COPIES_MAX} copies of orders"),
        ("orders=" + "9" * 9999, f"there can be 1 to {COPIES_MAX} copies of orders"),
        ("orders=1,orders=2", "orders is there twice"),
    ],
)
def test_a_wrong_scale_is_named(text: str, wrong: str) -> None:
    with pytest.raises(StackError) as refusal:
        parse(text)
    assert str(refusal.value) == f"wrong --scale {text}: {wrong}"


def test_copies_have_names_and_ports_of_their_own(tmp_path: Path) -> None:
    made = blueprint(tmp_path, Part.GATEWAY, {Part.PAYMENTS: 3})

    names = {part: [copy.name for copy in copies] for part, copies in made.copies.items()}
    assert names == {
        Part.ORDERS: ["orders"],
        Part.PAYMENTS: ["payments-1", "payments-2", "payments-3"],
        Part.GATEWAY: ["gateway"],
    }
    addresses = made.endpoints.payments_grpc_address.split(",")
    assert len(set(addresses)) == 3
    assert addresses[0].endswith(f":{made.ports.payments_port}")
    assert not {int(each.rpartition(":")[2]) for each in addresses[1:]} & set(
        made.ports.model_dump().values()
    )


def test_what_is_not_started_cannot_be_scaled(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="payments is scaled, but not started"):
        blueprint(tmp_path, Part.ORDERS, {Part.PAYMENTS: 2})


def test_the_gateway_gets_its_settings_and_stays_where_the_stack_puts_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    passed = {"GATEWAY_CORS_ORIGINS": "https://shop.example", "GATEWAY_DEADLINE_SECONDS": "5"}
    kept = {
        "GATEWAY_ADDRESS": "nowhere.invalid:1",
        "GATEWAY_BACKENDS": "{}",
        "GATEWAY_PORT": "tcp://10.0.0.1:80",
        "GATEWAY_PORT_80_TCP": "tcp://10.0.0.1:80",
        "GATEWAY_SERVICE_HOST": "10.0.0.1",
    }
    for name, value in (passed | kept).items():
        monkeypatch.setenv(name, value)
    made = blueprint(tmp_path, Part.GATEWAY, {})
    gateway, orders = (
        services.command(made.copies[part][0], made.endpoints).environment
        for part in (Part.GATEWAY, Part.ORDERS)
    )

    its_own = {"GATEWAY_ADDRESS": made.copies[Part.GATEWAY][0].address}
    assert {name: gateway[name] for name in gateway if name.startswith("GATEWAY_")} == (
        passed | its_own
    )
    assert not any(name.startswith("GATEWAY_") for name in orders)
