"""The names that other packages import; a change of these lists is a change of the public interface."""

import rpc_contract
from rpc_contract import generator, idempotency_key
from rpc_contract.v1 import contract_errors


def test_names_of_the_package() -> None:
    assert rpc_contract.__all__ == ["FieldViolation", "ServiceError", "http_status"]


def test_names_of_the_generator() -> None:
    assert generator.__all__ == [
        "AccessRule",
        "EventIds",
        "Reason",
        "access_expression",
        "access_of",
        "event_ids_of",
        "is_of_gateway",
        "known_values",
        "reasons_of",
        "reasons_of_package",
        "required_access_of",
    ]


def test_names_of_idempotency_key() -> None:
    public = [name for name in vars(idempotency_key) if not name.startswith("_")]
    assert sorted(set(public) - {"Final", "re"}) == [
        "HEADER",
        "LENGTH_MAX",
        "METADATA",
        "PATTERN",
        "REPLAYED",
        "REPLAYED_HEADER",
        "REPLAYED_METADATA",
        "RULE",
        "is_key",
    ]


def test_errors_that_every_service_can_return() -> None:
    public = [name for name in vars(contract_errors) if not name.startswith("_")]
    assert sorted(set(public) - {"ServiceError", "StatusCode"}) == [
        "idempotency_key_in_flight",
        "idempotency_key_reused",
        "internal_error",
        "invalid_page_token",
        "invalid_request",
        "method_closed",
        "not_owner",
        "scope_missing",
        "service_unavailable",
        "unauthenticated",
    ]
