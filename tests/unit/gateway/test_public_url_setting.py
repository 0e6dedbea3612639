"""GATEWAY_PUBLIC_URL is checked at start."""

import pytest

from gateway.settings import GatewaySettings
from transactional_grpc.settings import SettingsError, load


def test_public_url_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_PUBLIC_URL", "https://api.example/shop")
    assert load(GatewaySettings).public_url == "https://api.example/shop"


@pytest.mark.parametrize("value", ["api.example", "https://api.example/", "https://a b"])
def test_wrong_public_url_is_an_error_that_names_the_setting(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("GATEWAY_PUBLIC_URL", value)
    with pytest.raises(SettingsError, match="GATEWAY_PUBLIC_URL: must be the URL of the API"):
        load(GatewaySettings)
