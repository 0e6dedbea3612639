"""What is wrong with a request, by the place where it is wrong."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that breaks the contract; it never repeats the client's input."""

    field: str
    """The snake_case path of the field, such as `order.items[2].price`; empty for the whole body."""
    description: str


class InvalidRequestError(Exception):
    """A request breaks its contract."""

    def __init__(self, *violations: Violation) -> None:
        super().__init__(*violations)
        self.violations = violations


def invalid(field: str, description: str) -> InvalidRequestError:
    """Returns the error that one violation makes."""
    return InvalidRequestError(Violation(field, description))
