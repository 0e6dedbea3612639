"""protoc-gen-grpc-gateway-python: generates a gateway's transcoding from google.api.http rules."""

from grpc_gateway_python.generator.generator import generate
from protoc_plugin_kit.plugin import run


def main() -> None:
    """The console script."""
    run(generate, editions=True)


if __name__ == "__main__":
    main()
