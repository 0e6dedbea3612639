"""The error that all modules raise."""

__all__ = ["StackError"]


class StackError(Exception):
    """The stack can't do what a command asks.

    The text is one line with the cause and, where there is one, the remedy. The last lines of the log
    of a process that failed follow it.
    """
