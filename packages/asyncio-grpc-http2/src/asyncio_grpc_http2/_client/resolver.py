"""Resolves the name of a target to the addresses of its servers."""

import asyncio
import socket

from asyncio_grpc_http2._client.targets import ADDRESSES_MAX, Address, Target


async def resolve(target: Target, seconds_max: float) -> tuple[Address, ...]:
    """Returns the addresses of a target's servers, without repetitions and at most ADDRESSES_MAX.

    Raises:
        OSError: The name can't be resolved, or not within `seconds_max`.
    """
    if not target.resolves:
        return tuple(dict.fromkeys(target.addresses))
    (address,) = target.addresses
    try:
        async with asyncio.timeout(seconds_max):
            if target.name_server is None:
                hosts = await _by_system(address)
            else:
                hosts = await _by_name_server(address.host, target.name_server, seconds_max)
    except TimeoutError:
        raise OSError(f"no DNS response within {seconds_max:g} s") from None
    if not hosts:
        raise OSError("name has no address")
    return tuple(Address(host, address.port) for host in hosts[:ADDRESSES_MAX])


async def _by_system(address: Address) -> list[str]:
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(info[4][0]) for info in found))


async def _by_name_server(name: str, server: Address, seconds_max: float) -> list[str]:
    # Only targets with a DNS server of their own need dnspython, which is an optional dependency.
    from dns.asyncresolver import Resolver  # noqa: PLC0415 - optional
    from dns.exception import DNSException  # noqa: PLC0415 - optional

    resolver = Resolver(configure=False)
    resolver.nameservers = [server.host]
    resolver.port = server.port or 0
    resolver.lifetime = seconds_max
    try:
        results = await resolver.resolve_name(name)
    except DNSException as error:
        raise OSError(str(error)) from error
    return sorted(dict.fromkeys(results.addresses()))
