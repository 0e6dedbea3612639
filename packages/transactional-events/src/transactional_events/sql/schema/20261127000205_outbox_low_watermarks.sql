-- migrate:up

-- Where each bucket of the outbox begins for the relay that takes it: no row of the bucket with this id or a lower one
-- waits, or ever will. It is a lower bound, saved once per many rows, so that this table has few dead rows itself.
CREATE TABLE outbox_low_watermarks (
    bucket integer NOT NULL,
    id     bigint  NOT NULL,

    CONSTRAINT outbox_low_watermarks_pkey PRIMARY KEY (bucket)
);

-- migrate:down

DROP TABLE outbox_low_watermarks;
