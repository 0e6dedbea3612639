"""The one error that a user of the generator can cause."""


class GenerateError(Exception):
    """The request cannot be turned into Python; the message names file, query or option."""
