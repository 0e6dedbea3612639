"""The names of the Python modules that protoc and its plugins make of a proto file."""

import keyword

from google.protobuf.descriptor import FileDescriptor


def module_name(file: str, suffix: str) -> str:
    """Returns the dotted name of the module that a plugin generates for a proto file.

    Args:
        file: The path of the proto file, as import statements spell it.
        suffix: What the plugin appends to the name, such as `_pb2`.
    """
    return file.removesuffix(".proto").replace("-", "_").replace("/", ".") + suffix


def pb2_module(file: FileDescriptor) -> str:
    """Returns the dotted name of the module with a file's message classes."""
    return module_name(file.name, "_pb2")


def is_importable(module: str) -> bool:
    """Tells whether an import statement can name a module: `lambda.v1` and `2fa` can't be named."""
    return all(map(is_name, module.split(".")))


def is_name(word: str) -> bool:
    """Tells whether a word can be a name in Python: an identifier that isn't a keyword."""
    return word.isidentifier() and not keyword.iskeyword(word)
