"""Bounds the number of requests in progress."""


class RequestLimit:
    """Counts how many more requests may be in progress, over all connections."""

    __slots__ = ("left",)

    def __init__(self, requests_max: int) -> None:
        self.left = requests_max
