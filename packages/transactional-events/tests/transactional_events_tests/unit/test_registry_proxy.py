"""The registry may be behind any kind of proxy that the environment names."""

import pytest
from pydantic import SecretStr

from transactional_events.registry import RegistrySettings, SchemaRegistry


def test_a_socks_proxy_is_no_obstacle(monkeypatch: pytest.MonkeyPatch) -> None:
    # httpx needs a library for SOCKS, also where NO_PROXY exempts the registry.
    monkeypatch.setenv("ALL_PROXY", "socks5h://127.0.0.1:9")
    SchemaRegistry(RegistrySettings(url=SecretStr("http://127.0.0.1:9")))
