"""The error of an invalid request: its violations and their fields."""

from typing import Final

from rpc_contract.errors import FieldViolation

NAME_CHARACTERS_MAX: Final = 100
"""The most characters of an unknown name from the client that an error repeats."""


class InvalidRequestError(Exception):
    """A request violates its contract.

    The field of a violation is a snake_case path such as `order.items[2].price`, or empty for the whole body. The
    description never repeats the client's input.
    """

    def __init__(self, *violations: FieldViolation) -> None:
        super().__init__(*violations)
        self.violations = violations


def invalid(field: str, description: str) -> InvalidRequestError:
    """Returns an error with one violation."""
    return InvalidRequestError(FieldViolation(field, description))
