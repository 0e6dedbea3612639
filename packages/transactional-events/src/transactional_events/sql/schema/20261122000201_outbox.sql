-- migrate:up

-- Events that are to be published. A row commits together with the change that its event announces,
-- and is deleted once the broker has acknowledged the event.
CREATE TABLE outbox (
    -- The Kafka partition of the key. One relay at a time owns it, so that a key's events stay in order.
    bucket      integer     NOT NULL,
    id          bigint      GENERATED ALWAYS AS IDENTITY,
    topic       text        NOT NULL,
    key         text        NOT NULL,
    value       bytea       NOT NULL,
    event_id    uuid        NOT NULL,
    event_type  text        NOT NULL,
    occurred_at timestamptz NOT NULL,
    request_id  text        NOT NULL,

    -- Relays read the oldest rows of a bucket. There is no other index, because it would slow inserts down.
    CONSTRAINT outbox_pkey PRIMARY KEY (bucket, id)
) WITH (
    -- Every row is deleted soon after its insert, so vacuum starts at a number of dead rows, not at a share of the
    -- table.
    autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_threshold = 5000
);

-- migrate:down

DROP TABLE outbox;
