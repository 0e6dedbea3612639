"""Structured logs on standard error, one line per event, with the request id."""

import logging
import sys
from contextvars import ContextVar

import stamina
import structlog

from transactional_grpc.settings import LogSettings

CHATTY = {"httpx": logging.WARNING, "psycopg": logging.ERROR, "psycopg.pool": logging.ERROR}
"""Libraries that log each request, or each attempt to connect."""


call: ContextVar[tuple[str, str]] = ContextVar("call", default=("", ""))
"""The RPC that is handled and the id of its request. They are put into an event only when something is logged."""


def configure(settings: LogSettings, process: str) -> None:
    """Sets logging up for the whole process; libraries that log the standard way join in."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        _add_call,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.processors.StackInfoRenderer(),
    ]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if settings.format == "json"
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            # Local variables hold what clients sent, and passwords.
            exception_formatter=structlog.dev.plain_traceback,
        )
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            *([structlog.processors.format_exc_info] if settings.format == "json" else []),
            renderer,
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    logging.basicConfig(handlers=[handler], level=settings.level, force=True)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    for name, level in CHATTY.items():
        logging.getLogger(name).setLevel(level)
    # stamina would log each attempt; `retrying` logs each reason once.
    stamina.instrumentation.set_on_retry_hooks(())
    structlog.contextvars.bind_contextvars(process=process)


def _add_call(
    _logger: object, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    rpc, request_id = call.get()
    if rpc:
        event.setdefault("rpc", rpc)
        event.setdefault("request_id", request_id)
    return event
