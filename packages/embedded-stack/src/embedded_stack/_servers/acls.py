"""The ACLs of the embedded Kafka."""

import asyncio
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import Future
from typing import Annotated, Any, Literal

from confluent_kafka.admin import (  # type: ignore[attr-defined]  # public, but not marked so
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
)
from pydantic import BaseModel, Field, TypeAdapter

SECONDS_MAX = 30.0
ANY_HOST = "*"
ANY: Any = None
"""A filter's pattern for any text; the types of confluent-kafka leave it out."""

Operation = Literal["alter", "create", "delete", "describe", "describe_configs", "read", "write"]


class Acl(BaseModel, frozen=True, extra="forbid"):
    """What a user may do with a topic or a consumer group."""

    resource: Literal["topic", "group"]
    name: Annotated[str, Field(min_length=1)]
    operations: Annotated[tuple[Operation, ...], Field(min_length=1)]


ACLS = TypeAdapter(list[Acl])


async def replace_acls(
    properties: Mapping[str, str], wanted: Mapping[str, Collection[Acl]]
) -> None:
    """Makes the broker allow these operations, and no others.

    Args:
        properties: those of a client that may change ACLs.
        wanted: user → ACLs.

    Raises:
        KafkaException: the broker rejects the change.
    """
    admin = AdminClient(dict(properties))
    bindings = {binding for user, acls in wanted.items() for binding in _bindings(user, acls)}
    there = admin.describe_acls(_every(), request_timeout=SECONDS_MAX)
    found = set(await asyncio.wrap_future(there))
    changes: list[Future[None]] = []
    if surplus := [_filter(binding) for binding in found - bindings]:
        changes += admin.delete_acls(surplus, request_timeout=SECONDS_MAX).values()
    if missing := list(bindings - found):
        changes += admin.create_acls(missing, request_timeout=SECONDS_MAX).values()
    await asyncio.gather(*map(asyncio.wrap_future, changes))


def _bindings(user: str, acls: Collection[Acl]) -> Iterator[AclBinding]:
    for acl in acls:
        for operation in acl.operations:
            yield AclBinding(
                ResourceType[acl.resource.upper()],
                acl.name,
                ResourcePatternType.LITERAL,
                f"User:{user}",
                ANY_HOST,
                AclOperation[operation.upper()],
                AclPermissionType.ALLOW,
            )


def _every() -> AclBindingFilter:
    return AclBindingFilter(
        ResourceType.ANY,
        ANY,
        ResourcePatternType.ANY,
        ANY,
        ANY,
        AclOperation.ANY,
        AclPermissionType.ANY,
    )


def _filter(binding: AclBinding) -> AclBindingFilter:
    return AclBindingFilter(
        binding.restype,
        binding.name,
        binding.resource_pattern_type,
        binding.principal,
        binding.host,
        binding.operation,
        binding.permission_type,
    )
