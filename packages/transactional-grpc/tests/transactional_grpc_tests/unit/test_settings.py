"""Settings as people and orchestrators write them."""

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from transactional_grpc.process import ServiceSettings, caller_tokens
from transactional_grpc.settings import (
    LogSettings,
    SettingsError,
    load,
    permit_without_access_control,
)


@pytest.mark.parametrize(
    ("given", "level"),
    [("info", "INFO"), ("Debug", "DEBUG"), ("warn", "WARNING"), ("FATAL", "ERROR"), ("", "INFO")],
)
def test_a_log_level_is_a_word_in_any_case(
    monkeypatch: pytest.MonkeyPatch, given: str, level: str
) -> None:
    monkeypatch.setenv("LOG_LEVEL", given)
    monkeypatch.setenv("LOG_FORMAT", "JSON")
    settings = load(LogSettings)
    assert (settings.level, settings.format) == (level, "json")


def test_another_log_level_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_LEVEL", "loud")
    with pytest.raises(SettingsError, match=r"^LOG_LEVEL: "):
        load(LogSettings)


def test_a_service_called_orders_is_no_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORDERS_PORT", "tcp://10.0.0.1:50051")
    monkeypatch.setenv("ORDERS_SERVICE_HOST", "10.0.0.1")
    monkeypatch.setenv("ORDERS_GRPC_ADDRESS", "0.0.0.0:50051")
    monkeypatch.setenv("ORDERS_DATABASE_URL", "")
    with pytest.raises(SettingsError) as raised:
        load(ServiceSettings, "orders_")
    assert str(raised.value) == "ORDERS_DATABASE_URL: Field required"


def test_a_database_url_is_rejected_by_the_variables_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORDERS_GRPC_ADDRESS", "0.0.0.0:50051")
    monkeypatch.setenv(
        "ORDERS_DATABASE_URL", "postgresql://u:hunter2@db/x?target_session_attrs=standby"
    )
    with pytest.raises(SettingsError) as raised:
        load(ServiceSettings, "orders_")
    assert str(raised.value) == (
        "ORDERS_DATABASE_URL: target_session_attrs=standby cannot be: the service writes"
    )


@pytest.mark.parametrize("address", ["127.0.0.1:1", "127.8.8.8:1", "[::1]:1", "localhost:1"])
def test_process_without_access_control_serves_on_loopback_with_a_notice(address: str) -> None:
    with capture_logs() as logs:
        permit_without_access_control("ADDRESS", address, remedy="KEYS", insecure=False)
    (notice,) = logs
    assert notice["log_level"] == "warning"
    assert notice["event"].startswith("access control is off")


@pytest.mark.parametrize(
    "address", ["0.0.0.0:1", "[::]:1", "10.0.0.1:1", "shop.example:1", "127.0.0.1.example:1"]
)
def test_process_without_access_control_serves_elsewhere_only_if_told_to(address: str) -> None:
    with pytest.raises(SettingsError) as raised:
        permit_without_access_control("ADDRESS", address, remedy="KEYS", insecure=False)
    assert str(raised.value) == (
        f"ADDRESS: {address} is not on loopback, and access control is off:"
        " set KEYS, or start with --insecure"
    )
    permit_without_access_control("ADDRESS", address, remedy="KEYS", insecure=True)


def test_file_without_keys_is_rejected_by_the_name_of_its_setting(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ORDERS_GRPC_ADDRESS", "127.0.0.1:0")
    monkeypatch.setenv("ORDERS_DATABASE_URL", "postgresql://u@db/x")
    monkeypatch.setenv("CALLER_TOKEN_JWKS_FILE", str(tmp_path / "none.json"))
    settings = load(ServiceSettings, "orders_")
    with pytest.raises(SettingsError, match=r"^CALLER_TOKEN_JWKS_FILE: .*none\.json"):
        caller_tokens(settings, "ORDERS_GRPC_ADDRESS", insecure=False)
