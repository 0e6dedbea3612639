"""A service without a backend is an error when the gateway is made."""

from dataclasses import replace

import pytest

from grpc_gateway_python import Gateway, StartError, create_app


def test_service_without_a_backend_is_named(orders: Gateway) -> None:
    service = orders.operations[0].service
    with pytest.raises(StartError, match=f"no backend is set for {service}"):
        create_app(replace(orders, backends={}))
