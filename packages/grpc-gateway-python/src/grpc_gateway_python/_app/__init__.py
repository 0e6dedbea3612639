"""The Connexion app."""

import warnings

# Connexion imports Starlette's test client, which warns about httpx; the gateway doesn't use that client.
with warnings.catch_warnings():
    warnings.filterwarnings("ignore", message="Using `httpx` with `starlette.testclient`")
    import connexion  # noqa: F401
