"""Writes the `.pins` files: `python -m embedded_stack._artifacts.pin`, after a change of a version here."""

import hashlib
from pathlib import Path

from jgo.maven import Artifact, MavenContext

from embedded_stack._artifacts import HERE

KAFKA = "org.apache.kafka:kafka_2.13:4.4.0"
LOGGING = "org.apache.logging.log4j:log4j-slf4j-impl:2.25.5"
"""Without it Kafka logs nothing: its own artifact depends on no implementation of slf4j."""
REGISTRY_VERSION = "3.3.3"


def main() -> None:
    """Resolves, downloads and hashes everything; jgo compares with Maven's own checksums."""
    maven = MavenContext()
    # Resolved separately: together, one would change the versions of the other's dependencies.
    roots, others = maven.resolver.resolve([maven.create_dependency(KAFKA)])
    logging = maven.create_dependency(LOGGING)
    write_pins("kafka", [found.artifact for found in (*roots, *others, logging)])
    registry = maven.project("io.apicurio", "apicurio-registry-app").at_version(REGISTRY_VERSION)
    write_pins("registry", [registry.artifact("all", "tar.gz")])


def write_pins(name: str, artifacts: list[Artifact], folder: Path = HERE) -> None:
    """Downloads artifacts and pins their content.

    Args:
        name: The name of the `.pins` file, without its suffix.
        artifacts: The artifacts, each with the cache of jgo that has its file.
        folder: The folder of the `.pins` file.
    """
    lines = []
    for artifact in artifacts:
        file = artifact.resolve()
        with file.open("rb") as content:
            sha256 = hashlib.file_digest(content, "sha256").hexdigest()
        path = file.relative_to(artifact.context.repo_cache).as_posix()
        lines.append((path, sha256, file.stat().st_size))
    text = "".join(f"{sha256}  {size:>9}  {path}\n" for path, sha256, size in sorted(lines))
    (folder / f"{name}.pins").write_text(text)


if __name__ == "__main__":
    main()
