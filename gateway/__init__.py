"""A REST gateway to gRPC services: transcoding by generated code, served by Connexion."""

import warnings

# Connexion imports Starlette's test client, which says so; nothing here uses it.
warnings.filterwarnings("ignore", message="Using `httpx` with `starlette.testclient`")
