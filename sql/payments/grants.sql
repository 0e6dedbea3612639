-- What the queries of payments need: no row of money is deleted, and transactions are only appended.
GRANT SELECT, INSERT ON accounts, payment_decisions, transactions TO :"service";
GRANT UPDATE (balance, updated_at) ON accounts TO :"service";
-- DecidePayment locks the stored decision by setting its key to the value that it has.
GRANT UPDATE (order_id, refund_id) ON payment_decisions TO :"service";
