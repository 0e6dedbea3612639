"""What the rules of payments guarantee. Each test module that has a fixture `rules` runs these cases."""

from uuid import uuid4

import pytest
from google.protobuf.message import Message

from payments.events import OrderPayments
from rpc_contract.errors import ServiceError
from shop.orders.events.v1.order_event_pb2 import OrderCanceled, OrderCreated
from shop.payments.db.querier import AsyncQuerier
from shop.payments.events.v1.payment_event_kafka import PAYMENT_EVENTS
from shop.payments.events.v1.payment_event_pb2 import PaymentFailed, PaymentSucceeded
from shop.payments.v1.account_pb2 import Account
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
from shop.payments.v1.transaction_pb2 import Transaction
from tests.rules import Rules, published
from transactional_events.inbox import Rejected

PaymentRules = Rules[AsyncQuerier]
BALANCE_MAX = 9007199254740991


async def create(rules: PaymentRules, user: str, balance: int = 0) -> Account:
    """Opens an account and tops it up."""
    account = (await rules.call(CreateAccountRequest(user_id=user), CreateAccountResponse)).account
    if balance:
        await top_up(rules, user, balance)
    return account


async def top_up(rules: PaymentRules, user: str, amount: int) -> Transaction:
    request = TopUpAccountRequest(user_id=user, amount=amount)
    return (await rules.call(request, TopUpAccountResponse)).transaction


async def read(rules: PaymentRules, user: str) -> Account:
    return (await rules.call(GetAccountRequest(user_id=user), GetAccountResponse)).account


async def balance(rules: PaymentRules, user: str) -> int:
    return (await read(rules, user)).balance


async def log(
    rules: PaymentRules, user: str, page_size: int = 0, page_token: str = ""
) -> tuple[list[Transaction], str]:
    request = ListTransactionsRequest(user_id=user, page_size=page_size, page_token=page_token)
    page = await rules.call(request, ListTransactionsResponse)
    return list(page.transactions), page.next_page_token


async def handle(rules: PaymentRules, *events: OrderCreated) -> list[Message]:
    """Handles a batch as the consumer does; returns the events that it publishes."""
    async with rules.transactions() as tx:
        await OrderPayments().on_order_created(tx, events)
        return published(tx, PAYMENT_EVENTS)


async def cancel(rules: PaymentRules, *events: OrderCanceled) -> None:
    """Handles a batch of cancellations; they publish nothing."""
    async with rules.transactions() as tx:
        await OrderPayments().on_order_canceled(tx, events)
        assert published(tx, PAYMENT_EVENTS) == []


def cancellation(event: OrderCreated) -> OrderCanceled:
    return OrderCanceled(order_id=event.order_id, user_id=event.user_id, amount=event.amount)


async def changes(rules: PaymentRules, user: str) -> list[tuple[str, int, int]]:
    """Returns the transactions of an account, oldest first: type, amount, balance."""
    return [
        (Transaction.Type.Name(entry.type), entry.amount, entry.balance_after)
        for entry in reversed((await log(rules, user))[0])
    ]


def order(user: str, amount: int = 100, order_id: str = "") -> OrderCreated:
    return OrderCreated(order_id=order_id or str(uuid4()), user_id=user, amount=amount)


def paid(event: OrderCreated) -> PaymentSucceeded:
    return PaymentSucceeded(order_id=event.order_id, user_id=event.user_id)


def failed(event: OrderCreated, reason: str) -> PaymentFailed:
    return PaymentFailed(order_id=event.order_id, user_id=event.user_id, reason=reason)


@pytest.mark.anyio
class PaymentsServiceCases:
    async def test_new_account_has_balance_0(self, rules: PaymentRules, user: str) -> None:
        account = await create(rules, user)
        assert (account.user_id, account.balance) == (user, 0)
        assert account.created_at == account.updated_at
        assert await read(rules, user) == account
        assert await log(rules, user) == ([], "")

    async def test_user_has_at_most_one_account(self, rules: PaymentRules, user: str) -> None:
        account = await create(rules, user, 100)
        with pytest.raises(ServiceError) as raised:
            await create(rules, user)
        assert raised.value.reason == "ACCOUNT_ALREADY_EXISTS"
        assert (await read(rules, user)).id == account.id
        assert await balance(rules, user) == 100

    async def test_top_up_adds_to_the_balance_and_writes_a_credit(
        self, rules: PaymentRules, user: str
    ) -> None:
        account = await create(rules, user, 5000)
        credit = await top_up(rules, user, 70)
        assert (credit.account_id, credit.type) == (account.id, Transaction.CREDIT)
        assert (credit.amount, credit.balance_after) == (70, 5070)
        assert not credit.HasField("reference_order_id")
        after = await read(rules, user)
        assert (after.balance, after.updated_at) == (5070, credit.created_at)

    async def test_balance_has_a_limit(self, rules: PaymentRules, user: str) -> None:
        await create(rules, user, BALANCE_MAX - 1)
        with pytest.raises(ServiceError) as raised:
            await top_up(rules, user, 2)
        assert raised.value.reason == "BALANCE_LIMIT_EXCEEDED"
        assert raised.value.metadata == {"user_id": user}
        assert (await top_up(rules, user, 1)).balance_after == BALANCE_MAX

    @pytest.mark.parametrize(
        ("request_type", "response_type"),
        [
            (TopUpAccountRequest, TopUpAccountResponse),
            (GetAccountRequest, GetAccountResponse),
            (ListTransactionsRequest, ListTransactionsResponse),
        ],
    )
    async def test_user_without_account_gets_an_error(
        self,
        rules: PaymentRules,
        user: str,
        request_type: type[TopUpAccountRequest | GetAccountRequest | ListTransactionsRequest],
        response_type: type[Message],
    ) -> None:
        with pytest.raises(ServiceError) as raised:
            await rules.call(request_type(user_id=user), response_type)
        assert raised.value.reason == "ACCOUNT_NOT_FOUND"
        assert raised.value.metadata == {"user_id": user}

    async def test_log_lists_transactions_newest_first(
        self, rules: PaymentRules, user: str
    ) -> None:
        await create(rules, user, 1000)
        event = order(user, 300)
        await handle(rules, event)
        await create(rules, str(uuid4()), 50)
        await top_up(rules, user, 1)
        page, token = await log(rules, user, page_size=2)
        rest, end = await log(rules, user, page_size=2, page_token=token)
        assert [(entry.type, entry.amount, entry.balance_after) for entry in [*page, *rest]] == [
            (Transaction.CREDIT, 1, 701),
            (Transaction.DEBIT, 300, 700),
            (Transaction.CREDIT, 1000, 1000),
        ]
        assert [entry.reference_order_id for entry in page] == ["", event.order_id]
        assert end == ""

    async def test_page_token_of_another_user_is_invalid(
        self, rules: PaymentRules, user: str
    ) -> None:
        other = str(uuid4())
        for owner in (user, other):
            await create(rules, owner, 10)
            await top_up(rules, owner, 10)
        _, token = await log(rules, user, page_size=1)
        with pytest.raises(ServiceError) as raised:
            await log(rules, other, page_token=token)
        assert raised.value.reason == "INVALID_PAGE_TOKEN"


@pytest.mark.anyio
class PaymentDecisionCases:
    async def test_covered_order_is_paid_and_debited(self, rules: PaymentRules, user: str) -> None:
        account = await create(rules, user, 100)
        event = order(user, 100)
        assert await handle(rules, event) == [paid(event)]
        debit = (await log(rules, user))[0][0]
        assert (debit.account_id, debit.type) == (account.id, Transaction.DEBIT)
        assert (debit.amount, debit.balance_after) == (100, 0)
        assert debit.reference_order_id == event.order_id

    async def test_order_of_a_user_without_account_fails(
        self, rules: PaymentRules, user: str
    ) -> None:
        event = order(user)
        assert await handle(rules, event) == [failed(event, "ACCOUNT_NOT_FOUND")]

    async def test_order_above_the_balance_fails_and_debits_nothing(
        self, rules: PaymentRules, user: str
    ) -> None:
        await create(rules, user, 99)
        event = order(user, 100)
        assert await handle(rules, event) == [failed(event, "INSUFFICIENT_FUNDS")]
        assert await balance(rules, user) == 99

    async def test_failed_payment_stays_failed_when_money_arrives(
        self, rules: PaymentRules, user: str
    ) -> None:
        poor = str(uuid4())
        await create(rules, poor, 10)
        unknown_user, too_much = order(user), order(poor)
        failures = [
            failed(unknown_user, "ACCOUNT_NOT_FOUND"),
            failed(too_much, "INSUFFICIENT_FUNDS"),
        ]
        events = (unknown_user, too_much)
        assert [await handle(rules, event) for event in events] == [[f] for f in failures]

        await create(rules, user, 1000)
        await top_up(rules, poor, 990)

        assert [await handle(rules, event) for event in events] == [[f] for f in failures]
        assert (await balance(rules, user), await balance(rules, poor)) == (1000, 1000)

    async def test_order_twice_in_a_batch_is_debited_once(
        self, rules: PaymentRules, user: str
    ) -> None:
        await create(rules, user, 1000)
        first, second = order(user, 600), order(user, 600)
        assert await handle(rules, first, second, first, second) == [
            paid(first),
            failed(second, "INSUFFICIENT_FUNDS"),
            paid(first),
            failed(second, "INSUFFICIENT_FUNDS"),
        ]
        assert await balance(rules, user) == 400

    @pytest.mark.parametrize("difference", ["amount", "user"])
    async def test_order_that_contradicts_its_decision_is_rejected(
        self, rules: PaymentRules, user: str, difference: str
    ) -> None:
        other = str(uuid4())
        for owner in (user, other):
            await create(rules, owner, 1000)
        event = order(user)
        await handle(rules, event)
        contradiction = {
            "amount": order(user, 101, event.order_id),
            "user": order(other, 100, event.order_id),
        }[difference]
        message = f"order {event.order_id} was decided for .*{user}, .*100"
        with pytest.raises(Rejected, match=message):
            await handle(rules, contradiction)
        assert (await balance(rules, user), await balance(rules, other)) == (900, 1000)


@pytest.mark.anyio
class CancellationCases:
    async def test_debit_is_given_back_by_a_transaction_that_names_the_order(
        self, rules: PaymentRules, user: str
    ) -> None:
        account = await create(rules, user, 1000)
        event = order(user, 300)
        await handle(rules, event)
        await cancel(rules, cancellation(event))
        assert await changes(rules, user) == [
            ("CREDIT", 1000, 1000),
            ("DEBIT", 300, 700),
            ("REFUND", 300, 1000),
        ]
        refund = (await log(rules, user))[0][0]
        assert (refund.account_id, refund.reference_order_id) == (account.id, event.order_id)
        after = await read(rules, user)
        assert (after.balance, after.updated_at) == (1000, refund.created_at)

    async def test_canceling_again_gives_nothing_back(self, rules: PaymentRules, user: str) -> None:
        await create(rules, user, 1000)
        first, second = order(user, 300), order(user, 500)
        await handle(rules, first, second)
        batch = [cancellation(first), cancellation(second), cancellation(first)]
        await cancel(rules, *batch)
        await cancel(rules, *batch)
        assert (await changes(rules, user))[3:] == [("REFUND", 300, 500), ("REFUND", 500, 1000)]

    async def test_refunded_order_that_arrives_again_fails_and_is_not_debited(
        self, rules: PaymentRules, user: str
    ) -> None:
        await create(rules, user, 1000)
        event = order(user, 300)
        await handle(rules, event)
        await cancel(rules, cancellation(event))
        assert await handle(rules, event) == [failed(event, "CANCELED_BY_USER")]
        assert await balance(rules, user) == 1000

    @pytest.mark.parametrize("has_account", [True, False])
    async def test_order_that_arrives_after_its_cancellation_is_not_debited(
        self, rules: PaymentRules, user: str, has_account: bool
    ) -> None:
        if has_account:
            await create(rules, user, 1000)
        event = order(user, 300)
        await cancel(rules, cancellation(event))
        if not has_account:
            await create(rules, user, 1000)
        assert await handle(rules, event, event) == [failed(event, "CANCELED_BY_USER")] * 2
        await cancel(rules, cancellation(event))
        assert await changes(rules, user) == [("CREDIT", 1000, 1000)]

    async def test_failed_payment_stays_failed_and_gives_nothing_back(
        self, rules: PaymentRules, user: str
    ) -> None:
        await create(rules, user, 299)
        event = order(user, 300)
        failure = failed(event, "INSUFFICIENT_FUNDS")
        assert await handle(rules, event) == [failure]
        await cancel(rules, cancellation(event))
        assert await handle(rules, event) == [failure]
        assert await balance(rules, user) == 299

    @pytest.mark.parametrize("difference", ["amount", "user"])
    @pytest.mark.parametrize("first", ["order", "cancellation"])
    async def test_cancellation_that_contradicts_its_order_is_rejected(
        self, rules: PaymentRules, user: str, difference: str, first: str
    ) -> None:
        other = str(uuid4())
        for owner in (user, other):
            await create(rules, owner, 1000)
        event = order(user)
        contradiction = {
            "amount": order(user, 101, event.order_id),
            "user": order(other, 100, event.order_id),
        }[difference]
        message = f"order {event.order_id} was decided for .*{user}, .*100"
        if first == "order":
            await handle(rules, event)
            with pytest.raises(Rejected, match=message):
                await cancel(rules, cancellation(contradiction))
        else:
            await cancel(rules, cancellation(event))
            with pytest.raises(Rejected, match=message):
                await handle(rules, contradiction)
        left = 900 if first == "order" else 1000
        assert (await balance(rules, user), await balance(rules, other)) == (left, 1000)
