"""JSON of any depth, size and kind: what is no request of the contract is a 400 that names the place."""

import asyncio
import json
from collections.abc import Coroutine, Iterator
from typing import Any, TypeVar

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from starlette.types import ASGIApp

from grpc_gateway_python import Gateway, create_app
from grpc_gateway_python.transcoding.documents import VALUES_MAX
from grpc_gateway_python_tests.gateway.asgi import ask

JSON = [(b"content-type", b"application/json")]
DEEPEST = 3000
HUGE = ["1e400", "-1e400", "1E+400", "9" * 400, "-" + "9" * 400, "9" * 400 + ".5"]
T = TypeVar("T")


class Shop:
    """The gateway without a server, in front of services that no test reaches."""

    def __init__(self, runner: asyncio.Runner, gateway: Gateway) -> None:
        self._runner = runner
        self._app: ASGIApp = create_app(gateway)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(work)

    def order(self, body: bytes) -> dict[str, str]:
        """Sends what is no order, and returns what the 400 says of each field."""
        response = self.run(ask(self._app, JSON, method="POST", path="/orders", body=body))
        assert response.status == 400, response
        violations = json.loads(response.body)["details"][1]["field_violations"]
        return {violation["field"]: violation["description"] for violation in violations}


@pytest.fixture(scope="module")
def shop(orders: Gateway) -> Iterator[Shop]:
    with asyncio.Runner() as runner:
        yield Shop(runner, orders)


def nested(steps: list[bool], innermost: bytes) -> bytes:
    """An array for each True and an object for each False."""
    begin = b"".join(b"[" if array else b'{"a":' for array in steps)
    return begin + innermost + b"".join(b"]" if array else b"}" for array in reversed(steps))


depths = st.sampled_from([1, 100, 199, 200, 201, 254, 255, 256, 257, 1023, 1024, 1025, DEEPEST])
shapes = st.one_of(
    st.builds(lambda depth, array: [array] * depth, depths, st.booleans()),
    st.builds(
        lambda depth, period: (period * DEEPEST)[:depth],
        st.integers(0, DEEPEST),
        st.lists(st.booleans(), min_size=1, max_size=8),
    ),
)
scalars = (
    st.sampled_from([number.encode() for number in HUGE])
    | st.floats(allow_nan=False, allow_infinity=False).map(lambda number: b"%r" % number)
    | st.integers().map(lambda number: b"%d" % number)
    | st.text(max_size=50).map(lambda text: json.dumps(text).encode())
    | st.sampled_from([b"null", b"true", b"{}", b"[]", b"NaN", b"-Infinity", b'"\xff"', b"", b"]"])
)
values = st.builds(nested, shapes, scalars) | scalars
# Short enough for the bound on bodies, which responds 413.
wide = st.builds(
    lambda value, count: b"[" + value + (b"," + value) * count + b"]",
    scalars,
    depths.filter(lambda count: count < DEEPEST),
)
members = st.lists(
    st.tuples(
        st.sampled_from(["user_id", "amount", "description", "id"]) | st.text(max_size=9),
        values | wide,
    ),
    max_size=5,
).map(
    lambda pairs: (
        b"{" + b",".join(json.dumps(name).encode() + b":" + value for name, value in pairs) + b"}"
    )
)


@given(body=members | values | wide | st.binary(max_size=50))
@example(body=nested([True] * 255, b""))
@example(body=nested([False] * 1024, b"1"))
def test_strange_bodies_are_bad_requests(shop: Shop, body: bytes) -> None:
    assert shop.order(body)


@pytest.mark.parametrize("array", [True, False])
@pytest.mark.parametrize("depth", [201, 256, 600, 1024, 1025, DEEPEST])
def test_a_value_nested_too_deeply_is_an_error_that_names_its_place(
    shop: Shop, depth: int, *, array: bool
) -> None:
    found = shop.order(nested([array] * depth, b"1"))
    assert found[""].startswith("nests deeper than 200 levels at line 1, column ")


@pytest.mark.parametrize("number", HUGE)
@pytest.mark.parametrize("field", ["amount", "description", "surprise"])
def test_a_number_of_any_size_names_its_field(shop: Shop, field: str, number: str) -> None:
    assert field in shop.order(b'{"%b": %b}' % (field.encode(), number.encode()))


@pytest.mark.parametrize("body", [b"NaN", b"Infinity", b'{"amount": -Infinity}', b"1e"])
def test_infinities_and_nan_are_not_json(shop: Shop, body: bytes) -> None:
    assert shop.order(body)[""].startswith("is not JSON at line 1, column")


def test_an_integer_that_is_too_large_is_an_error_that_names_its_place(shop: Shop) -> None:
    found = shop.order(b'{"amount": ' + b"9" * 5000 + b"}")
    assert found == {"": "has an integer of more than 4300 digits at line 1, column 4313"}


@pytest.mark.parametrize("value", [b"[]", b"{}", b"1", b'""', b'{"a":1}', b'"\\\\"', b'"\\""'])
def test_a_body_of_too_many_values_is_rejected(shop: Shop, value: bytes) -> None:
    body = b"[" + b",".join([value] * (VALUES_MAX + 1)) + b"]"
    assert shop.order(body) == {"": f"must have at most {VALUES_MAX} values"}


def test_commas_and_brackets_in_strings_do_not_count_as_values(shop: Shop) -> None:
    text = ',[{\\"\\\\' * VALUES_MAX
    body = b'{"amount": 1, "surprise": "%b"}' % text.encode()
    assert shop.order(body) == {"surprise": "is not a field of this message"}
