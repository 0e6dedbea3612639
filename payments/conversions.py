"""Converts rows of the payments database to messages of the contract."""

from shop.payments.db import models
from shop.payments.v1.account_pb2 import Account
from shop.payments.v1.transaction_pb2 import Transaction
from transactional_grpc.timestamps import timestamp


def account_message(account: models.Account) -> Account:
    """Returns the message of an account."""
    return Account(
        id=str(account.id),
        user_id=str(account.user_id),
        balance=account.balance,
        created_at=timestamp(account.created_at),
        updated_at=timestamp(account.updated_at),
    )


def transaction_message(transaction: models.Transaction) -> Transaction:
    """Returns the message of a transaction."""
    order_id = transaction.reference_order_id
    return Transaction(
        id=str(transaction.id),
        account_id=str(transaction.account_id),
        amount=transaction.amount,
        type=Transaction.Type.Value(transaction.type),
        reference_order_id=None if order_id is None else str(order_id),
        balance_after=transaction.balance_after,
        created_at=timestamp(transaction.created_at),
    )
