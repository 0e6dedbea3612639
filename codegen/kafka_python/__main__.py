"""protoc-gen-kafka-python: event contracts in, what publishes and handles the events out."""

from jinja2 import Environment, PackageLoader, StrictUndefined

from codegen.kafka_python.streams import stream_of
from codegen.protoc_plugin import Contracts, Outputs, run

TEMPLATES = Environment(
    loader=PackageLoader("codegen.kafka_python"),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    autoescape=False,  # noqa: S701 - the output is Python, not HTML
    keep_trailing_newline=True,
)


def generate(contracts: Contracts) -> Outputs:
    """Yields a module and the registered schema per stream, and one list of all of them."""
    streams = [stream for file in contracts.files if (stream := stream_of(contracts, file))]
    for stream in streams:
        name = stream.envelope.file.name.removesuffix(".proto")
        yield f"{name}_kafka.py", _render("kafka.py.jinja", stream=stream)
        yield f"schemas/{stream.subject}.proto", stream.schema
    if streams:
        root = streams[0].envelope.file.package.split(".")[0]
        yield f"{root}/streams_kafka.py", _render("streams.py.jinja", streams=streams)


def _render(template: str, **values: object) -> str:
    return TEMPLATES.get_template(template).render(**values)


def main() -> None:
    """The console script."""
    run(generate)


if __name__ == "__main__":
    main()
