"""The REST gateway of the shop: wiring and settings."""
