"""Errors that end the start of a gateway."""


class StartError(Exception):
    """A setting, an address or the specification is wrong; the text names it, and the user can correct it."""
