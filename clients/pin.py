"""Writes `generators/jvm/*.pins` anew, after changing a version here: `python -m clients.pin`."""

from pathlib import Path

from jgo.maven import MavenContext

from embedded_stack.artifacts import write_pins

FOLDER = Path(__file__).parent / "generators" / "jvm"
JACKSON = "2.18.9"
"""The version that openapi-generator's templates are written for: later ones deprecate a method that they call."""
KOTLIN = "2.4.21"
PROGRAMS = {
    "generator": ["org.openapitools:openapi-generator-cli:7.25.0"],
    # javac of OpenJDK as a library, because the wheel with the Java runtime has no compiler.
    "javac": ["org.frgaal:compiler:25.0.0"],
    "java": [
        f"com.fasterxml.jackson.core:jackson-databind:{JACKSON}",
        f"com.fasterxml.jackson.datatype:jackson-datatype-jsr310:{JACKSON}",
        "jakarta.annotation:jakarta.annotation-api:2.1.1",
    ],
    "kotlinc": [f"org.jetbrains.kotlin:kotlin-compiler-embeddable:{KOTLIN}"],
    "kotlin": [
        "com.google.code.gson:gson:2.14.0",
        "com.squareup.okhttp3:okhttp:4.12.0",
        f"org.jetbrains.kotlin:kotlin-reflect:{KOTLIN}",
    ],
}
"""Name of a `.pins` file → the Maven artifacts that it lists with all that they need."""


def main() -> None:
    """Resolves, downloads and hashes the jars."""
    maven = MavenContext()
    for name, coordinates in PROGRAMS.items():
        dependencies = [maven.create_dependency(coordinate) for coordinate in coordinates]
        if name in {"generator", "javac"}:
            found = dependencies  # these jars contain what they need
        else:
            roots, others = maven.resolver.resolve(dependencies)
            found = [*roots, *others]
        write_pins(name, [dependency.artifact for dependency in found], FOLDER)


if __name__ == "__main__":
    main()
