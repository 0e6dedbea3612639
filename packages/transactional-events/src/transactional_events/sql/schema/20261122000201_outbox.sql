-- migrate:up

-- Events that wait for the broker. A row commits together with the effect that it tells of,
-- and is deleted once the broker has it.
CREATE TABLE outbox (
    -- The Kafka partition of the key: what one relay owns at a time, so that a key's events stay in order.
    bucket      integer     NOT NULL,
    id          bigint      GENERATED ALWAYS AS IDENTITY,
    topic       text        NOT NULL,
    key         text        NOT NULL,
    value       bytea       NOT NULL,
    event_id    uuid        NOT NULL,
    event_type  text        NOT NULL,
    occurred_at timestamptz NOT NULL,
    request_id  text        NOT NULL,

    -- The relay reads a bucket's oldest rows; no other index slows the writers down.
    CONSTRAINT outbox_pkey PRIMARY KEY (bucket, id)
) WITH (
    -- Every row dies young: dead rows are cleared by their number, whatever share of the table they are.
    autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_threshold = 5000
);

-- migrate:down

DROP TABLE outbox;
