"""Implements PaymentsService."""

from uuid import UUID

from uuid_utils.compat import uuid7

from payments.conversions import account_message, transaction_message
from shop.payments.db import models
from shop.payments.db.querier import AsyncQuerier
from shop.payments.v1.error_reason_errors import (
    account_already_exists,
    account_not_found,
    balance_limit_exceeded,
)
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
from shop.payments.v1.payment_service_rpc import PaymentsService
from transactional_grpc.database import Transaction
from transactional_grpc.paging import Page

Tx = Transaction[AsyncQuerier]


class Payments(PaymentsService[AsyncQuerier]):
    """Creates, tops up and reads the accounts of users."""

    async def create_account(self, tx: Tx, request: CreateAccountRequest) -> CreateAccountResponse:
        """Creates a user's account."""
        account = await tx.db.create_account(
            id=uuid7(), user_id=UUID(request.user_id), created_at=tx.now
        )
        if account is None:
            raise account_already_exists(user_id=request.user_id)
        return CreateAccountResponse(account=account_message(account))

    async def top_up_account(self, tx: Tx, request: TopUpAccountRequest) -> TopUpAccountResponse:
        """Adds to the balance and records a CREDIT, atomically."""
        transaction = await _credit(tx, request)
        if transaction is None:
            await _account(tx, request.user_id)
            # The account may have been created after the first attempt.
            transaction = await _credit(tx, request)
        if transaction is None:
            raise balance_limit_exceeded(user_id=request.user_id)
        return TopUpAccountResponse(transaction=transaction_message(transaction))

    async def get_account(self, tx: Tx, request: GetAccountRequest) -> GetAccountResponse:
        """Reads a user's account."""
        return GetAccountResponse(account=account_message(await _account(tx, request.user_id)))

    async def list_transactions(
        self, tx: Tx, request: ListTransactionsRequest
    ) -> ListTransactionsResponse:
        """Lists the transactions of a user's account, newest first."""
        page = Page.of(request)
        account = await _account(tx, request.user_id)
        rows = await tx.db.list_transactions(
            account_id=account.id,
            before_created_at=page.before_created_at,
            before_id=page.before_id,
            page_size=page.limit,
        )
        transactions, next_page_token = page.cut(rows)
        return ListTransactionsResponse(
            transactions=map(transaction_message, transactions), next_page_token=next_page_token
        )


async def _credit(tx: Tx, request: TopUpAccountRequest) -> models.Transaction | None:
    return await tx.db.top_up_account(
        transaction_id=uuid7(), user_id=UUID(request.user_id), amount=request.amount, now=tx.now
    )


async def _account(tx: Tx, user_id: str) -> models.Account:
    account = await tx.db.get_account(user_id=UUID(user_id))
    if account is None:
        raise account_not_found(user_id=user_id)
    return account
