"""The AsyncAPI document of a running system, and the files of its schemas."""

from typing import Any

from transactional_events.documents._connection import Connection

Json = dict[str, Any]

BINDING_VERSION = "0.5.0"
SCHEMES = {
    "PLAIN": "plain",
    "SCRAM-SHA-256": "scramSha256",
    "SCRAM-SHA-512": "scramSha512",
    "GSSAPI": "gssapi",
}
"""Mechanism of SASL → type of AsyncAPI's security scheme, as far as there is one."""


def connected(document: Json, connection: Connection) -> Json:
    """Returns the generated AsyncAPI document with the servers of the running system.

    A document stays as it is when the brokers are not known.
    """
    if not connection.bootstrap_servers:
        return document
    names = ["kafka", *(f"kafka-{n}" for n in range(2, len(connection.bootstrap_servers) + 1))]
    servers = dict(zip(names, connection.bootstrap_servers, strict=True))
    filled = {name: _server(host, connection) for name, host in servers.items()}
    scheme = SCHEMES.get(connection.sasl_mechanism)
    if scheme is None:
        return document | {"servers": filled}
    for server in filled.values():
        server["security"] = [{"$ref": "#/components/securitySchemes/login"}]
    login = {"type": scheme, "description": f"SASL with {connection.sasl_mechanism}."}
    components = document["components"] | {"securitySchemes": {"login": login}}
    return document | {"servers": filled, "components": components}


def schema_files(document: Json) -> dict[str, str]:
    """Returns the Protobuf schema of each topic: file name → text. A schema imports `google/protobuf` only."""
    schemas = (channel["x-schema"] for channel in document["channels"].values())
    return {schema["file"]: schema["text"] for schema in schemas}


def _server(host: str, connection: Connection) -> Json:
    server: Json = {
        "host": host,
        "protocol": "kafka-secure" if connection.is_encrypted else "kafka",
        "description": f"A broker; clients connect with {connection.security_protocol}.",
    }
    if connection.schema_registry_url:
        registry = {"schemaRegistryUrl": connection.schema_registry_url}
        kafka = {**registry, "schemaRegistryVendor": "confluent", "bindingVersion": BINDING_VERSION}
        server["bindings"] = {"kafka": kafka}
    return server
