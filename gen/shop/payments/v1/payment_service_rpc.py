"""What a service implements. Generated from shop/payments/v1/payment_service.proto by protoc-gen-service-python; do not edit."""

from abc import abstractmethod
from typing import Protocol, TypeVar

from shop.payments.v1.payment_service_pb2 import (
    CreateAccountRequest,
    CreateAccountResponse,
    GetAccountRequest,
    GetAccountResponse,
    ListTransactionsRequest,
    ListTransactionsResponse,
    TopUpAccountRequest,
    TopUpAccountResponse,
)
from transactional_grpc.database import Transaction
from transactional_grpc.server import Method, Service

D = TypeVar("D")


class PaymentsService(Protocol[D]):
    """Creates, tops up and reads the accounts of users.

    Payments of orders are no RPC: they follow from the events of orders.
    """

    @abstractmethod
    async def create_account(
        self, tx: Transaction[D], request: CreateAccountRequest
    ) -> CreateAccountResponse:
        """Create a user's account.

        A user has at most one account. The balance of a new account is 0.
        """
        ...

    @abstractmethod
    async def top_up_account(
        self, tx: Transaction[D], request: TopUpAccountRequest
    ) -> TopUpAccountResponse:
        """Top up a user's account.

        Adds the amount to the balance and records a `CREDIT` transaction, atomically.
        """
        ...

    @abstractmethod
    async def get_account(
        self, tx: Transaction[D], request: GetAccountRequest
    ) -> GetAccountResponse:
        """Read a user's account.

        The balance is the `balance_after` of the account's latest transaction, or 0 if there is none.
        """
        ...

    @abstractmethod
    async def list_transactions(
        self, tx: Transaction[D], request: ListTransactionsRequest
    ) -> ListTransactionsResponse:
        """List the transactions of a user's account, newest first.

        Transactions that are recorded while a client reads the pages don't shift the later pages.
        """
        ...


def payments_service(implementation: PaymentsService[D]) -> Service[D]:
    """Binds an implementation to the contract's method names."""
    return Service(
        name="shop.payments.v1.PaymentsService",
        domain="payments.shop",
        methods=(
            Method(
                name="CreateAccount",
                call=implementation.create_account,
                request=CreateAccountRequest,
                writes=True,
                idempotency_scope="user_id",
            ),
            Method(
                name="TopUpAccount",
                call=implementation.top_up_account,
                request=TopUpAccountRequest,
                writes=True,
                idempotency_scope="user_id",
            ),
            Method(
                name="GetAccount",
                call=implementation.get_account,
                request=GetAccountRequest,
                writes=False,
                idempotency_scope="",
            ),
            Method(
                name="ListTransactions",
                call=implementation.list_transactions,
                request=ListTransactionsRequest,
                writes=False,
                idempotency_scope="",
            ),
        ),
    )
