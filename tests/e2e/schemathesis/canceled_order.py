"""An order that its user has canceled: the only kind that any number of requests may cancel."""

from collections.abc import Mapping
from functools import cache
from uuid import UUID

import httpx

from tests.shop_client import ShopClient

USER = str(UUID(int=0))
RACES_MAX = 100
"""How many orders are placed at most, until one is canceled before its payment fails."""


@cache
def canceled_order(url: str, authorization: str) -> str:
    """Returns the id of such an order of USER.

    Args:
        url: The base URL of the system.
        authorization: The header of USER; empty without access control.
    """
    headers: Mapping[str, str] = {"Authorization": authorization} if authorization else {}
    with httpx.Client(base_url=url, headers=headers) as rest:
        shop = ShopClient(rest)
        for _ in range(RACES_MAX):
            order_id = str(shop.order(USER, 1)["id"])
            if shop.cancel(order_id).is_success:
                return order_id
    raise AssertionError(f"{RACES_MAX} payments failed before their orders were canceled")
