"""The error of a response that JSON cannot represent."""


class UnwritableError(Exception):
    """A message contains a value that has no JSON form, such as a time after the year 9999."""
