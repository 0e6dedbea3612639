"""The public names of transactional-grpc, which other projects import."""

import importlib

import pytest

NAMES = {
    "transactional_grpc.database": """
        GRANT
        UNAVAILABLE
        Database
        DatabaseError
        Deleted
        Inserted
        Pool
        Purge
        RowWatch
        Transaction
        TransactionHook
        conninfo
        error_text
        open_pool
        purge_forever
        require_usable
    """,
    "transactional_grpc.process": """
        Background
        Part
        ServiceSettings
        StoppedError
        caller_tokens
        live
        stop_signal
        unless
    """,
    "transactional_grpc.server": """
        EventIds
        GrpcTransport
        IDEMPOTENCY_KEY_PURGE
        Method
        PortInUseError
        STREAMS_MAX
        Server
        Service
        StreamingMethod
    """,
}
"""Module → its public names; modules that start with `_` are private."""


@pytest.mark.parametrize("module", NAMES)
def test_public_names_of_a_module_are_unchanged(module: str) -> None:
    assert sorted(importlib.import_module(module).__all__) == sorted(NAMES[module].split())
