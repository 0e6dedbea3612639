"""The code of fields in one module."""

from grpc_gateway_python.generator.reading import JsonReading
from grpc_gateway_python.generator.texts import TextReading
from grpc_gateway_python.generator.writing import JsonWriting


class Fields(JsonReading, JsonWriting, TextReading):
    """Reads fields from JSON and texts, and writes them to JSON."""
