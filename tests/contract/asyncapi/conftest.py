"""The linters are those of the OpenAPI documents."""

from tests.contract.openapi.conftest import linters

__all__ = ["linters"]
