-- Creates a user's account. Returns no row if the user already has one.
-- name: CreateAccount :one
INSERT INTO accounts (id, user_id, balance, created_at, updated_at)
VALUES (@id, @user_id, 0, @created_at, @created_at)
ON CONFLICT (user_id) DO NOTHING
RETURNING id, user_id, balance, created_at, updated_at;

-- Returns a user's account.
-- @batch
-- name: GetAccount :one
SELECT id, user_id, balance, created_at, updated_at
FROM accounts
WHERE user_id = @user_id;

-- Adds an amount to the balance and records the CREDIT. Returns no row if the user has no account, or if the balance
-- would exceed the limit.
--
-- The CREDIT's `created_at` is later than the account's previous `updated_at`, even if the statement waited for the
-- lock of a transaction that started later. So the transactions of an account, sorted by `created_at`, are the history
-- of its balance.
-- name: TopUpAccount :one
WITH account AS (
    UPDATE accounts
    SET balance = balance + @amount, updated_at = GREATEST(@now::timestamptz, updated_at + INTERVAL '1 microsecond')
    WHERE user_id = @user_id AND balance <= 9007199254740991 - @amount
    RETURNING id, balance, updated_at
)
INSERT INTO transactions (id, account_id, amount, type, balance_after, created_at)
SELECT @transaction_id::uuid, account.id, @amount, 'CREDIT', account.balance, account.updated_at
FROM account
RETURNING id, account_id, amount, type, reference_order_id, balance_after, created_at;
