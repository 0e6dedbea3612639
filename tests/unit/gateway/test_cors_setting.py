"""GATEWAY_CORS_ORIGINS."""

import pytest

from gateway.settings import GatewaySettings
from transactional_grpc.settings import SettingsError, load

PAGE = "https://shop.example"


def test_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_CORS_ORIGINS", f" {PAGE}, http://localhost:3000,")
    assert load(GatewaySettings).cors_origins == [PAGE, "http://localhost:3000"]
    monkeypatch.setenv("GATEWAY_CORS_ORIGINS", "")
    assert load(GatewaySettings).cors_origins == []


@pytest.mark.parametrize(
    "right",
    [
        *("*", "http://a:443", "https://a:80", "https://a:4430", "http://a:8080", "http://[::1]"),
        *("http://localhost:3000", "https://xn--mnchen-3ya.example", "capacitor://localhost"),
    ],
)
def test_an_origin_as_browsers_send_it_is_valid(
    monkeypatch: pytest.MonkeyPatch, right: str
) -> None:
    monkeypatch.setenv("GATEWAY_CORS_ORIGINS", right)
    assert load(GatewaySettings).cors_origins == [right]


@pytest.mark.parametrize(
    "wrong",
    [
        *("shop.example", "https://shop.example/", "https://*.example", "https://Shop.example"),
        *(
            "HTTPS://a",
            "https://a:443",
            "http://a:80",
            "http://[::1]:80",
            "https://münchen.example",
        ),
        *("https://a:", "https://a:x", "https://u@a", "https://a?b", "null", ",", "*,https://a"),
    ],
)
def test_a_wrong_origin_is_rejected(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    monkeypatch.setenv("GATEWAY_CORS_ORIGINS", wrong)
    with pytest.raises(SettingsError, match=r"^GATEWAY_CORS_ORIGINS: must be origins .*, or \*$"):
        load(GatewaySettings)
