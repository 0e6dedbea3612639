"""protoc-gen-kafka-python: generates Python that publishes and handles the events of contracts."""

import json

from protoc_plugin_kit.contracts import Contracts
from protoc_plugin_kit.plugin import Outputs, run
from protoc_plugin_kit.templates import environment
from transactional_events._version import __version__
from transactional_events.generator.asyncapi import asyncapi
from transactional_events.generator.imports import in_order
from transactional_events.generator.names import require_names
from transactional_events.generator.streams import Stream, stream_of


def generate(contracts: Contracts) -> Outputs:
    """Yields a module and the registered schema of each stream, what they share, and documents."""
    streams = [stream for file in contracts.files if (stream := stream_of(contracts, file))]
    if not streams:
        return
    require_names(contracts, streams)
    root = streams[0].envelope.file.package.split(".")[0]
    for stream in streams:
        name = stream.envelope.file.name.removesuffix(".proto")
        yield f"{name}_kafka.py", _render("kafka.py.jinja", stream=stream, root=root)
        yield f"schemas/{stream.subject}.proto", stream.schema
    yield from _of_all(contracts, root, streams)


def _of_all(contracts: Contracts, root: str, streams: list[Stream]) -> Outputs:
    imports = in_order(file for stream in streams for file in stream.imports)
    yield f"{root}/imports_kafka.py", _render("imports.py.jinja", imports=imports)
    for file in imports:
        yield f"schemas/{file.path}", file.schema
    yield f"{root}/streams_kafka.py", _render("streams.py.jinja", streams=streams)
    document = asyncapi(contracts, root, streams)
    yield "asyncapi/asyncapi.json", json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _render(template: str, **values: object) -> str:
    templates = environment("transactional_events.generator")
    return templates.get_template(template).render(version=__version__, **values)


def main() -> None:
    """The console script."""
    run(generate)


if __name__ == "__main__":
    main()
