"""The words in which sync and async code differ."""

from dataclasses import dataclass

from sqlc_gen_python.options import Options


@dataclass(frozen=True)
class Flavour:
    """Sync or async code."""

    is_async: bool

    @property
    def prefix(self) -> str:
        """Of classes: `AsyncQuerier`."""
        return "Async" if self.is_async else ""

    @property
    def suffix(self) -> str:
        """Of functions: `register_types_async`."""
        return "_async" if self.is_async else ""

    @property
    def async_(self) -> str:
        """Before `def`, `for` and `with`."""
        return "async " if self.is_async else ""

    @property
    def await_(self) -> str:
        """Before a call."""
        return "await " if self.is_async else ""


def flavours(options: Options) -> list[Flavour]:
    """The queriers that the options ask for."""
    asked = {False: options.emit_sync_querier, True: options.emit_async_querier}
    return [Flavour(is_async) for is_async, wanted in asked.items() if wanted]
