"""Settings as people and orchestrators write them."""

import pytest

from transactional_grpc.process import ServiceSettings
from transactional_grpc.settings import LogSettings, SettingsError, load


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
