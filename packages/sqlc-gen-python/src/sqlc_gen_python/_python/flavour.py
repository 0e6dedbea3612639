"""The differences between sync and async code."""

from dataclasses import dataclass

from sqlc_gen_python._sqlc.options import Options


@dataclass(frozen=True)
class Flavour:
    """Sync or async code."""

    is_async: bool

    @property
    def prefix(self) -> str:
        """The prefix of classes, as in `AsyncQuerier`."""
        return "Async" if self.is_async else ""

    @property
    def suffix(self) -> str:
        """The suffix of functions, as in `fetch_one_async`."""
        return "_async" if self.is_async else ""

    @property
    def async_(self) -> str:
        """The keyword before `def`, `for` and `with`."""
        return "async " if self.is_async else ""

    @property
    def await_(self) -> str:
        """The keyword before a call."""
        return "await " if self.is_async else ""


def flavours(options: Options) -> list[Flavour]:
    """Returns the flavours of the queriers that the options enable."""
    emitted = {False: options.emit_sync_querier, True: options.emit_async_querier}
    return [Flavour(is_async) for is_async, wanted in emitted.items() if wanted]
