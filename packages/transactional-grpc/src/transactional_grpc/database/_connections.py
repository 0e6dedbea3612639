"""Builds the connection string of every connection to a service's database."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import Conninfo

CONNECT_SECONDS_MAX = 5
SILENCE_SECONDS_MAX = 10
"""A server counts as gone when its machine has sent nothing for this long, as in a failover. With the kernel's
own defaults, a connection would wait two hours for a response."""

Settings = Mapping[str, str | int]
NO_SETTINGS: Settings = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class _Rule:
    """A setting that is accepted with some values only."""

    name: str
    allowed: str
    reason: str


RULES = (
    _Rule("client_encoding", "utf-?8|unicode", "the service's text is UTF-8"),
    _Rule("datestyle", "iso(,.*)?", "timestamps are read in ISO format"),
    _Rule("default_transaction_read_only", "off|false|no|0", "the service writes"),
    _Rule("idle_session_timeout", "0", "the service's connections wait for work"),
    _Rule("replication", "off|false|no|0", "the service sends SQL"),
    _Rule(
        "synchronous_commit",
        "on|local|remote_write|remote_apply|true|yes|1",
        "the Kafka offset of an event is committed after its effect, which must be on disk by then",
    ),
    _Rule("target_session_attrs", "any|read-write|primary", "the service writes"),
)
"""A URL that breaks one of these is rejected, because the service would lose data or never work."""

OURS: Settings = {"client_encoding": "UTF8", "datestyle": "ISO", "idle_session_timeout": 0}
"""Settings of every session, whatever the defaults of the role and the database are."""


def require_usable(url: str) -> None:
    """Checks what a connection URL says, without connecting.

    Raises:
        ValueError: it is malformed, or it breaks one of RULES; the text shows no password.
    """
    known = _environment() | _parse(url)
    given = dict(_settings(known.get("options", "")))
    for rule in RULES:
        for value in (known.get(rule.name), given.get(rule.name)):
            if value is not None and not re.fullmatch(
                rule.allowed, value.strip("'\" "), re.IGNORECASE
            ):
                raise ValueError(f"{rule.name}={value} cannot be: {rule.reason}")


def conninfo(
    url: str,
    application: str,
    work: str = "",
    *,
    defaults: Settings = NO_SETTINGS,
    fixed: Settings = NO_SETTINGS,
    **parameters: int,
) -> str:
    """Returns the connection string: the URL's settings, and our own for those that it leaves out.

    Args:
        url: A libpq URL or connection string that `require_usable` accepts. libpq's environment
            variables, such as PGOPTIONS, count as parts of it.
        application: The service's name, which `application_name` in the URL replaces.
        work: What the connection is for, appended to the application's name.
        defaults: Server settings of the session; the URL's `options` take precedence.
        fixed: Server settings that take precedence over the URL's `options`.
        parameters: Parameters of libpq; the URL takes precedence.
    """
    given = _parse(url)
    known = _environment() | given
    options = known.get("options", "")
    theirs = dict(_settings(options))
    ours = {name: value for name, value in {**OURS, **defaults}.items() if name not in theirs}
    wanted: dict[str, str | int] = {
        "connect_timeout": CONNECT_SECONDS_MAX,
        "keepalives_idle": SILENCE_SECONDS_MAX // 2,
        "keepalives_interval": 1,
        "keepalives_count": SILENCE_SECONDS_MAX // 2,
        "tcp_user_timeout": SILENCE_SECONDS_MAX * 1000,
        **parameters,
    }
    if "," in known.get("host", known.get("hostaddr", "")):
        wanted["target_session_attrs"] = "read-write"  # one of several hosts may be a standby
    merged = {name: value for name, value in wanted.items() if name not in known} | given
    merged |= {
        "client_encoding": "UTF8",
        "application_name": f"{known.get('application_name', application)} {work}".strip(),
        "options": " ".join(filter(None, (options, *_switches({**ours, **fixed})))),
    }
    return make_conninfo("", **merged)


def _parse(url: str) -> dict[str, str]:
    try:
        return {name: str(value) for name, value in conninfo_to_dict(url).items()}
    except ProgrammingError as error:
        text = str(error).strip()
    # Other texts quote the part that can't be parsed, which may be the password.
    if text.startswith(("invalid URI query parameter", "invalid connection option")):
        raise ValueError(text)
    raise ValueError("must be a PostgreSQL URL: postgresql://user:password@host:5432/database")


def _environment() -> dict[str, str]:
    """Returns the parameters that libpq's environment variables set, such as PGOPTIONS."""
    return {
        option.keyword.decode(): option.val.decode()
        for option in Conninfo.get_defaults()
        if option.val and option.val != option.compiled
    }


def _settings(options: str) -> Iterator[tuple[str, str]]:
    """Yields the server settings in `options`, which has the syntax of `postgres`'s command line."""
    switches = re.sub(r"(?<!\S)(-c|--)\s+", r"\1", options)
    for switch in re.findall(r"(?:\\.|\S)+", switches):
        word = re.sub(r"\\(.)", r"\1", switch).removeprefix("--").removeprefix("-c")
        name, _, value = word.partition("=")
        yield name.replace("-", "_").lower(), value


def _switches(settings: Settings) -> Iterator[str]:
    for name, value in settings.items():
        escaped = re.sub(r"([\\\s])", r"\\\1", str(value))
        yield f"-c {name}={escaped}"
