"""Adding an RPC takes one line about access, and without it nothing is generated."""

from pathlib import Path

from tests.project_copy import just, replace

SERVICE = "contracts/shop/orders/v1/order_service.proto"
FIRST = "  // Create an order.\n"
NEW = """  // Count a user's orders.
  rpc CountOrders(ListOrdersRequest) returns (ListOrdersResponse) {
    option idempotency_level = NO_SIDE_EFFECTS;
    option (google.api.http) = {get: "/orders:count"};
  }
"""
ACCESS = """    option (rpc_contract.v1.method).access = {scope: "orders:read" owner: "user_id"};
"""


def test_new_rpc_needs_one_line_about_access(copy: Path) -> None:
    replace(copy / SERVICE, FIRST, NEW + FIRST)
    line = (copy / SERVICE).read_text().partition("  rpc CountOrders")[0].count("\n") + 1
    rejected = just("generate", copy)
    assert rejected.returncode != 0
    assert (
        f"shop/orders/v1/order_service.proto:{line}: shop.orders.v1.OrdersService.CountOrders: "
        "(rpc_contract.v1.method).access is missing: it names a `scope`, or says `public: true`"
    ) in rejected.stderr

    replace(copy / SERVICE, '/orders:count"};\n', '/orders:count"};\n' + ACCESS)
    generated = just("generate", copy)
    assert generated.returncode == 0, generated.stderr
    module = (copy / "gen/shop/orders/v1/order_service_gateway.py").read_text()
    route = "`GET /orders:count` | `shop.orders.v1.OrdersService.CountOrders` | `orders:read`"
    assert route in (copy / "docs/ACCESS.md").read_text()
    (operation,) = [text for text in module.split("    Operation(\n") if '"CountOrders"' in text]
    assert 'access=Access(scope="orders:read", owner=lambda request: request.user_id)' in operation
