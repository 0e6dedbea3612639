"""GATEWAY_EVENTS_…: what the page about events shows."""

import json

import pytest

from gateway.__main__ import ASYNCAPI
from gateway.events import event_documents, event_page, load_connection
from transactional_events.documents import Connection
from transactional_grpc.settings import SettingsError


def test_settings_become_the_connection_of_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_EVENTS_BOOTSTRAP_SERVERS", "a.example:9093, b.example:9093")
    monkeypatch.setenv("GATEWAY_EVENTS_REGISTRY_URL", "https://registry.example/v7/")
    monkeypatch.setenv("GATEWAY_EVENTS_SECURITY_PROTOCOL", "sasl_ssl")
    monkeypatch.setenv("GATEWAY_EVENTS_SASL_MECHANISM", "SCRAM-SHA-512")
    assert load_connection() == Connection(
        ("a.example:9093", "b.example:9093"),
        "https://registry.example/v7",
        "SASL_SSL",
        "SCRAM-SHA-512",
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BOOTSTRAP_SERVERS", "a.example"),
        ("REGISTRY_URL", "https://user:secret@registry.example"),
        ("REGISTRY_URL", "registry.example"),
        ("REGISTRY_URL", "http://[x"),
        ("REGISTRY_URL", "http://registry.example:99999"),
        ("SECURITY_PROTOCOL", "TLS"),
        ("SASL_MECHANISM", "PLAIN"),
    ],
)
def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"GATEWAY_EVENTS_{name}", value)
    with pytest.raises(SettingsError, match=f"^GATEWAY_EVENTS_{name}: ") as error:
        load_connection()
    assert "secret" not in str(error.value)


def test_every_event_is_on_the_page_and_its_schema_is_served() -> None:
    document = json.loads(ASYNCAPI.read_text())
    content = event_page(ASYNCAPI, Connection()).content
    for name in document["components"]["messages"]:
        assert f'<h3 id="{name}">{name}</h3>' in content
    paths = event_documents(ASYNCAPI, Connection())
    for channel in document["channels"].values():
        file = channel["x-schema"]["file"]
        assert f'href="events/{file}"' in content
        assert paths[f"/events/{file}"].text == channel["x-schema"]["text"]
