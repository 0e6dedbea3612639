-- Opens a user's account; answers no row when the user has one.
-- name: CreateAccount :one
INSERT INTO accounts (id, user_id, balance, created_at, updated_at)
VALUES (@id, @user_id, 0, @created_at, @created_at)
ON CONFLICT (user_id) DO NOTHING
RETURNING id, user_id, balance, created_at, updated_at;

-- name: GetAccount :one
SELECT id, user_id, balance, created_at, updated_at
FROM accounts
WHERE user_id = @user_id;

-- Adds money and writes its CREDIT; answers no row when the user has no account or the balance would exceed the limit.
-- Its instant is later than that of the account's last change, however long it waited for that one: the log,
-- by time, is the balance's history.
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
