-- Decides whether an order is paid, and debits the account if it is. An order that was decided before keeps its stored
-- decision. Returns the decision; a debit that was given back is no payment any more.
--
-- The account is locked before its balance is read. DO UPDATE changes no value: it waits for a transaction that is
-- deciding the same order, and returns the decision that this transaction stored. The debit's `created_at` follows the
-- same rule as in TopUpAccount.
-- name: DecidePayment :batchone
WITH paid AS (
    -- A debit without a decision was made by the previous version of payments, which may run until the upgrade ends.
    SELECT transactions.id, accounts.user_id, transactions.amount
    FROM transactions
    JOIN accounts ON accounts.id = transactions.account_id
    WHERE transactions.reference_order_id = @order_id::uuid AND transactions.type = 'DEBIT'
), account AS (
    SELECT accounts.id, accounts.balance, accounts.updated_at
    FROM accounts
    WHERE accounts.user_id = @user_id
    FOR NO KEY UPDATE
), decision AS (
    INSERT INTO payment_decisions AS stored (order_id, user_id, amount, outcome, transaction_id, decided_at)
    SELECT
        @order_id AS order_id,
        coalesce(paid.user_id, @user_id) AS user_id,
        coalesce(paid.amount, @amount) AS amount,
        CASE
            WHEN paid.id IS NOT NULL OR account.balance >= @amount THEN 'PAID'
            WHEN account.balance IS NULL THEN 'ACCOUNT_NOT_FOUND'
            ELSE 'INSUFFICIENT_FUNDS'
        END::payment_outcome AS outcome,
        CASE
            WHEN paid.id IS NOT NULL THEN paid.id
            WHEN account.balance >= @amount THEN @transaction_id::uuid
        END AS transaction_id,
        @now AS decided_at
    FROM (VALUES (TRUE)) AS one
    LEFT JOIN paid ON TRUE
    LEFT JOIN account ON TRUE
    ON CONFLICT (order_id) DO UPDATE SET order_id = excluded.order_id
    RETURNING stored.user_id, stored.amount, stored.outcome, stored.transaction_id, stored.refund_id
), debited AS (
    -- The new balance is computed from the locked row. PostgreSQL checks constraints on the row version of the
    -- statement's snapshot before it looks for a newer version, so the balance before a concurrent top-up would
    -- violate its constraint.
    UPDATE accounts
    SET balance = account.balance - @amount,
        updated_at = GREATEST(@now::timestamptz, account.updated_at + INTERVAL '1 microsecond')
    FROM account
    WHERE accounts.id = account.id AND EXISTS (SELECT FROM decision WHERE decision.transaction_id = @transaction_id)
    RETURNING accounts.id, accounts.balance, accounts.updated_at
), debit AS (
    INSERT INTO transactions (id, account_id, amount, type, reference_order_id, balance_after, created_at)
    SELECT @transaction_id::uuid, debited.id, @amount, 'DEBIT', @order_id, debited.balance, debited.updated_at
    FROM debited
)
SELECT
    decision.user_id, decision.amount,
    CASE WHEN decision.refund_id IS NULL THEN decision.outcome ELSE 'CANCELED_BY_USER' END::payment_outcome AS outcome
FROM decision;

-- Cancels the payment of an order, in whatever state it is: a debit is given back, once; an order without a decision
-- is decided as CANCELED_BY_USER, so that it is never debited; a failed payment stays as it is. Returns the decision.
--
-- The locks are those of DecidePayment, in its sequence: the join locks the account, DO UPDATE waits for a transaction
-- that is deciding or canceling the same order, and sets the refund in the row that this transaction stored.
-- name: CancelPayment :batchone
WITH paid AS (
    -- As in DecidePayment: a debit without a decision.
    SELECT transactions.id, accounts.user_id, transactions.amount
    FROM transactions
    JOIN accounts ON accounts.id = transactions.account_id
    WHERE transactions.reference_order_id = @order_id::uuid AND transactions.type = 'DEBIT'
), account AS (
    SELECT accounts.id, accounts.balance, accounts.updated_at
    FROM accounts
    WHERE accounts.user_id = @user_id
    FOR NO KEY UPDATE
), decision AS (
    INSERT INTO payment_decisions AS stored (order_id, user_id, amount, outcome, transaction_id, refund_id, decided_at)
    SELECT
        @order_id AS order_id,
        coalesce(paid.user_id, @user_id) AS user_id,
        coalesce(paid.amount, @amount) AS amount,
        CASE WHEN paid.id IS NULL THEN 'CANCELED_BY_USER' ELSE 'PAID' END::payment_outcome AS outcome,
        paid.id AS transaction_id,
        CASE WHEN paid.id IS NOT NULL THEN @refund_id::uuid END AS refund_id,
        @now AS decided_at
    FROM (VALUES (TRUE)) AS one
    LEFT JOIN paid ON TRUE
    LEFT JOIN account ON TRUE
    ON CONFLICT (order_id) DO UPDATE
    SET refund_id = CASE WHEN stored.outcome = 'PAID' THEN coalesce(stored.refund_id, @refund_id) END
    RETURNING stored.user_id, stored.amount, stored.refund_id
), refunded AS (
    UPDATE accounts
    SET balance = account.balance + decision.amount,
        updated_at = GREATEST(@now::timestamptz, account.updated_at + INTERVAL '1 microsecond')
    FROM account, decision
    WHERE accounts.id = account.id AND decision.refund_id = @refund_id
    RETURNING accounts.id, accounts.balance, accounts.updated_at
), refund AS (
    INSERT INTO transactions (id, account_id, amount, type, reference_order_id, balance_after, created_at)
    SELECT @refund_id::uuid, refunded.id, decision.amount, 'REFUND', @order_id, refunded.balance, refunded.updated_at
    FROM refunded, decision
)
SELECT decision.user_id, decision.amount
FROM decision;
