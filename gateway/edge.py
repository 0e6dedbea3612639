"""The outermost layer: request ids, the bound on requests in work, and every error's shape."""

import asyncio

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.bodies import ClientGoneError
from gateway.errors import answer_problem
from gateway.limits import Limits
from gateway.problems import CLOSE, ProblemError
from gateway.request_ids import HEADER, request_id_of
from gateway.requests import REQUEST_ID
from shop.errors.v1.error_reason_refusals import internal_error, service_unavailable
from shop.gateway.v1.error_reason_refusals import headers_too_large

log = structlog.get_logger()


class Edge:
    """Wraps the whole app; a middleware of Connexion's list."""

    def __init__(self, app: ASGIApp, *, limits: Limits) -> None:
        self._app = app
        self._limits = limits
        self._requests = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves a request, or the app's lifespan."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = request_id_of(scope["headers"])
        scope[REQUEST_ID] = request_id
        begun = False

        async def send_with_id(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                message["headers"] = [*message["headers"], (HEADER, request_id)]
            await send(message)

        self._requests += 1
        try:
            self._require_room()
            self._require_small_head(scope)
            await self._app(scope, receive, send_with_id)
        except ProblemError as problem:
            await answer_problem(problem).send(send_with_id)
        except ClientGoneError:
            pass
        except asyncio.CancelledError:  # after SIGTERM, with the time to drain over
            if begun:
                raise
            await answer_problem(ProblemError(service_unavailable(), CLOSE)).send(send_with_id)
        except Exception:
            log.exception("request failed", request_id=request_id.decode())
            if begun:
                raise
            await answer_problem(ProblemError(internal_error())).send(send_with_id)
        finally:
            self._requests -= 1

    def _require_room(self) -> None:
        if self._requests > self._limits.requests_max:
            raise ProblemError(service_unavailable())

    def _require_small_head(self, scope: Scope) -> None:
        size = len(scope["raw_path"]) + len(scope["query_string"])
        for name, value in scope["headers"]:
            size += len(name) + len(value)
        if size > self._limits.head_bytes_max:
            refusal = headers_too_large(bytes_max=self._limits.head_bytes_max)
            raise ProblemError(refusal, CLOSE)
