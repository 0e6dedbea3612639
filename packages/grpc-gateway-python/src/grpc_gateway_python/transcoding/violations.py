"""What is wrong with a request, by the place where it is wrong."""

from typing import Final

from rpc_contract.errors import FieldViolation

NAME_CHARACTERS_MAX: Final = 100
"""As much of a name that the client made up is repeated in an error."""


class InvalidRequestError(Exception):
    """A request breaks its contract.

    A violation's field is a snake_case path such as `order.items[2].price`, empty for the whole
    body; its description never repeats the client's input.
    """

    def __init__(self, *violations: FieldViolation) -> None:
        super().__init__(*violations)
        self.violations = violations


def invalid(field: str, description: str) -> InvalidRequestError:
    """Returns the error that one violation makes."""
    return InvalidRequestError(FieldViolation(field, description))
