"""The checks of `just check` fail when they should, each in a temporary copy of the project."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.project_copy import just, replace

ROOT = Path(__file__).parents[2]


def rename_a_field(copy: Path) -> None:
    path = copy / "contracts/shop/orders/v1/order.proto"
    replace(path, "string description = 4", "string note = 4")


def retype_an_event_field(copy: Path) -> None:
    path = copy / "contracts/shop/orders/events/v1/order_event.proto"
    replace(path, "string user_id = 2", "bytes user_id = 2")


def forget_that_an_id_is_one(copy: Path) -> None:
    path = copy / "contracts/shop/orders/v1/order_service.proto"
    replace(path, "uuid: true", "min_len: 1")


def place_of_the_first_id() -> str:
    name = "order_service.proto"
    lines = (ROOT / "contracts/shop/orders/v1" / name).read_text().splitlines()
    return f"{name}:{next(n for n, line in enumerate(lines, 1) if '_id = 1 [' in line)}:"


def edit_generated_code(copy: Path) -> None:
    path = copy / "gen/shop/orders/v1/order_service_rpc.py"
    replace(path, '"orders.shop"', '"orders.example"')


def forget_to_generate(copy: Path) -> None:
    path = copy / "contracts/shop/orders/v1/order_service.proto"
    replace(path, "max_len: 500", "max_len: 600")


def import_the_other_service(copy: Path) -> None:
    path = copy / "orders/conversions.py"
    path.write_text(path.read_text() + "\nimport payments.conversions\n")


def import_the_other_database(copy: Path) -> None:
    path = copy / "orders/conversions.py"
    path.write_text(path.read_text() + "\nimport shop.payments.db.accounts\n")


@pytest.mark.parametrize(
    ("edit", "recipe", "complaint"),
    [
        (rename_a_field, "contracts", "order.proto"),
        (retype_an_event_field, "contracts", "order_event.proto"),
        (forget_that_an_id_is_one, "contracts", place_of_the_first_id()),
        (edit_generated_code, "fresh", "order_service_rpc.py"),
        (forget_to_generate, "fresh", "shop.swagger.json"),
        (import_the_other_service, "layers", "orders.conversions"),
        (import_the_other_database, "layers", "orders.conversions"),
    ],
)
def test_the_check_fails(
    copy: Path, edit: Callable[[Path], None], recipe: str, complaint: str
) -> None:
    edit(copy)
    done = just(recipe, copy)
    assert done.returncode != 0, f"`just {recipe}` let it pass: {done.stdout}"
    assert complaint in done.stdout + done.stderr


def test_check_runs_all_of_them() -> None:
    command = ["just", "--show", "check"]
    shown = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert {"style", "types", "layers", "contracts", "fresh"} <= set(shown.stdout.split())
