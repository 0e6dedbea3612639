"""Asks the modules of a topology which ACLs of Kafka their users need."""

import asyncio
from collections.abc import Sequence

from pydantic import ValidationError

from embedded_stack._plan.services import base_environment
from embedded_stack._servers.acls import ACLS, Acl
from embedded_stack.environment import for_process, python
from embedded_stack.errors import StackError
from embedded_stack.topology import Topology

OPTION = "--kafka-acls"
SECONDS_MAX = 60.0
SHOWN_CHARACTERS_MAX = 500


def users(topology: Topology) -> dict[str, tuple[str, ...]]:
    """Returns the users of Kafka: a service or step → the words that run it, after `python -m`."""
    services = {
        name: (topology.module(name),)
        for name, service in topology.services.items()
        if service.messaging
    }
    steps = {step.name: (step.module, *step.arguments) for step in topology.steps}
    return services | steps


async def declared(topology: Topology) -> dict[str, list[Acl]]:
    """Returns the ACLs of each user.

    Raises:
        StackError: a module doesn't print them.
    """
    words = users(topology)
    found = await asyncio.gather(*(_declared(topology, command) for command in words.values()))
    return dict(zip(words, found, strict=True))


async def _declared(topology: Topology, words: Sequence[str]) -> list[Acl]:
    module, *arguments = words
    process = await asyncio.create_subprocess_exec(
        *python(module),
        *arguments,
        OPTION,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=for_process(base_environment(topology)),
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(SECONDS_MAX):
            output, errors = await process.communicate()
    except TimeoutError:
        output, errors = b"", f"it took more than {SECONDS_MAX:.0f} s".encode()
    finally:
        if process.returncode is None:
            process.kill()
    if process.returncode == 0:
        try:
            return ACLS.validate_json(output)
        except ValidationError as error:
            errors = str(error).encode()
    reason = " ".join(errors.decode(errors="replace").split())[-SHOWN_CHARACTERS_MAX:]
    command = " ".join(("python -m", *words, OPTION))
    raise StackError(f"`{command}` must print a JSON array of ACLs: {reason}")
