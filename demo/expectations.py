"""What the demo expects of each step."""


class StoryError(Exception):
    """The outcome of a step contradicts the contract."""


def check(holds: bool, otherwise: str) -> None:
    """Checks the outcome of a step.

    Raises:
        StoryError: The expectation doesn't hold; the text is what holds otherwise.
    """
    if not holds:
        raise StoryError(otherwise)
