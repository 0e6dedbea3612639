"""Names routes in the log."""

from grpc_gateway_python.transcoding import Operation


def route_of(operation: Operation) -> str:
    """Returns the method and the path template of an operation, such as `GET /orders/*`."""
    verb = f":{operation.path.verb}" if operation.path.verb else ""
    return f"{operation.http_method} /{'/'.join(operation.path.segments)}{verb}"
