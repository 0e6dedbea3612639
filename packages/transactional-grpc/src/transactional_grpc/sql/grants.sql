-- What the queries of transactional-grpc need.
GRANT SELECT, INSERT, UPDATE, DELETE ON idempotency_keys TO :"service";
