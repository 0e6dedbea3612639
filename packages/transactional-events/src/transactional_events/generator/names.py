"""Rejects names that Kafka or Python don't permit, and names of two things."""

import re
from collections.abc import Iterator, Sequence

from google.protobuf.descriptor import Descriptor

from protoc_plugin_kit.contracts import ContractError, Contracts
from protoc_plugin_kit.modules import is_importable, is_name
from transactional_events.generator.streams import TOPIC_OPTION, Stream

TOPIC = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._-]{1,249}")
IN_MODULE = {
    *("Any", "D", "Final", "Protocol", "Sequence", "Stream", "Subscription", "Transaction"),
    *("TypeVar", "abstractmethod", "imports_kafka", "publish", "timedelta"),
}
"""Names that every generated module imports or defines."""


def require_names(contracts: Contracts, streams: Sequence[Stream]) -> None:
    """Checks the names of all streams, which share the tuple of streams and the document.

    Raises:
        ContractError: a name is impossible or taken; the text names the place.
    """
    taken: dict[str, str] = {}
    for stream in streams:
        _require_possible(contracts, stream)
        for name, message in _named(stream):
            place = contracts.at(message.full_name)
            if name in taken:
                raise ContractError(f"{place}: {name} is already that of {taken[name]}")
            taken[name] = place


def _require_possible(contracts: Contracts, stream: Stream) -> None:
    file = stream.envelope.file
    place = contracts.at(stream.envelope.full_name)
    if not file.package or not is_importable(stream.module):
        raise ContractError(f"{file.name}: Python needs a package, and names that it can import")
    if not TOPIC.fullmatch(stream.topic):
        raise ContractError(
            f"{place}: ({TOPIC_OPTION}).name: a topic has up to 249 letters, digits and ._-"
        )
    if not is_name(stream.key):
        raise ContractError(f"{place}: Python cannot read a key of the name {stream.key}")
    for message in (stream.envelope, *(event.message for event in stream.events)):
        if message.name in IN_MODULE or not is_name(message.name):
            place = contracts.at(message.full_name)
            raise ContractError(f"{place}: the generated module needs the name {message.name}")


def _named(stream: Stream) -> Iterator[tuple[str, Descriptor]]:
    yield f"the topic {stream.topic}", stream.envelope
    yield f"the name {stream.constant}", stream.envelope
    for event in stream.events:
        yield f"the name {event.handler}", event.message
