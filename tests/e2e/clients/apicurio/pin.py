"""Writes the `.pins` files anew, after changing a version here.

Run it as `python -m tests.e2e.clients.apicurio.pin`.
"""

from pathlib import Path

from jgo.maven import MavenContext

from embedded_stack.artifacts import write_pins

HERE = Path(__file__).parent
SERDE = "io.apicurio:apicurio-registry-serdes-protobuf-serde:2.6.13.Final"
COMPILER = "org.eclipse.jdt:ecj:3.46.100"


def main() -> None:
    """Resolves, downloads and hashes the client's jars and the compiler."""
    maven = MavenContext()
    roots, others = maven.resolver.resolve([maven.create_dependency(SERDE)])
    write_pins("serde", [jar.artifact for jar in (*roots, *others)], HERE)
    write_pins("compiler", [maven.create_dependency(COMPILER).artifact], HERE)


if __name__ == "__main__":
    main()
