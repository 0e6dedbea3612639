"""The error that reports a mistake of the user."""


class GenerateError(Exception):
    """The input cannot be turned into Python; the message names the file, query or option."""
