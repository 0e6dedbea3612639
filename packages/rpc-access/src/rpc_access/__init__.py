"""Access control of RPCs: who may call a method, and which resources a caller owns."""

from rpc_access._access import Access
from rpc_access._caller import Caller

__all__ = ["Access", "Caller"]
