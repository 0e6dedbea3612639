"""The one error of the stack."""

__all__ = ["StackError"]


class StackError(Exception):
    """The stack cannot do what was asked.

    The text is for the person who runs it: one line that says why and, where it can, what to do;
    below it, when a process failed, the last lines of that process's log.
    """
