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
    """Yields a module and the registered schema of each file that defines a stream."""
    for file in contracts.files:
        if stream := stream_of(contracts, file):
            module = TEMPLATES.get_template("kafka.py.jinja")
            name = file.name.removesuffix(".proto")
            yield f"{name}_kafka.py", module.render(source=file.name, stream=stream)
            yield f"schemas/{stream.subject}.proto", stream.schema


def main() -> None:
    """The console script."""
    run(generate)


if __name__ == "__main__":
    main()
