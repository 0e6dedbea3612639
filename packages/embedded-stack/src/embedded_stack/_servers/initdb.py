"""Creates PostgreSQL's data directory."""

import pwd
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

from embedded_stack._supervisor.folder import write_private
from embedded_stack._supervisor.process import Command
from embedded_stack.errors import StackError

OPTIONS = (
    *("--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"),
    *("--auth-local=reject", "--auth-host=scram-sha-256"),
)


async def initialize(
    binaries: Path,
    data: Path,
    superuser: tuple[str, str],
    user: str | None,
    run: Callable[[Command], Awaitable[None]],
) -> None:
    """Creates the data directory with a superuser (name, password); it appears once it is complete.

    Raises:
        StackError: initdb fails, or the user that it runs as can't enter a folder.
    """
    draft = data.with_suffix(".draft")
    password = data.with_suffix(".password")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    write_private(password, superuser[1])
    if user:
        for path in (draft, password):
            shutil.chown(path, user)
        for path in (binaries, draft):
            _require_reachable(path, user)
    words = (binaries / "initdb", "-D", draft, "-U", superuser[0], f"--pwfile={password}")
    try:
        await run(Command("initdb", (*words, *OPTIONS), user=user))
    finally:
        password.unlink()
    draft.rename(data)


def _require_reachable(path: Path, user: str) -> None:
    uid = pwd.getpwnam(user).pw_uid
    for parent in path.resolve().parents:
        status = parent.stat()
        if not status.st_mode & 0o001 and status.st_uid != uid:
            raise StackError(
                f"PostgreSQL does not run as root but as the user {user}, which cannot enter {parent}: "
                "allow that (chmod o+x), or run the stack as another user"
            )
