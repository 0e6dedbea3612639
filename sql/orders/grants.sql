-- What the queries of orders need: no order is deleted, and nothing of it changes but its end.
GRANT SELECT, INSERT ON orders TO :"service";
GRANT UPDATE (status, cancel_reason, updated_at) ON orders TO :"service";
