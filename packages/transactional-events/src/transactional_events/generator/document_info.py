"""The `info` of the AsyncAPI document, which a file of the contracts declares."""

from collections.abc import Sequence
from typing import Any

from protoc_plugin_kit.contracts import ContractError, Contracts
from transactional_events.generator.payloads import Json
from transactional_events.generator.streams import Stream

OPTION = "transactional_events.v1.document"
VERSION = "1.0.0"
"""The version of a document whose contracts declare none."""


def document_info(contracts: Contracts, streams: Sequence[Stream]) -> Json:
    """Returns the version, the contact and the license that the contracts declare, and a tag for each stream.

    Raises:
        ContractError: Two files declare a document.
    """
    declared = _declared(contracts)
    info: Json = {"version": (declared.version if declared else "") or VERSION}
    for name in ("contact", "license"):
        if declared is not None and declared.HasField(name):
            info[name] = {
                field.name: value for field, value in getattr(declared, name).ListFields()
            }
    tags = [
        {"name": stream.envelope.name, "description": stream.comment}
        if stream.comment
        else {"name": stream.envelope.name}
        for stream in streams
    ]
    return info | {"tags": tags}


def _declared(contracts: Contracts) -> Any:
    files = [file for file in contracts.files if contracts.sets(file, OPTION)]
    if len(files) > 1:
        raise ContractError(f"{files[1].name}: {files[0].name} has option ({OPTION}) already")
    return contracts.option(files[0], OPTION) if files else None
