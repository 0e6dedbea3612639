"""The code of fields in one module."""

from codegen.grpc_gateway_python.reading import JsonReading
from codegen.grpc_gateway_python.texts import TextReading
from codegen.grpc_gateway_python.writing import JsonWriting


class Fields(JsonReading, JsonWriting, TextReading):
    """Reads fields from JSON and texts, and writes them to JSON."""
