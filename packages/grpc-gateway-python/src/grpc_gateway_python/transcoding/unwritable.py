"""What a response may hold that JSON cannot say."""


class UnwritableError(Exception):
    """A message holds a value that JSON cannot say, such as a time after the year 9999."""
