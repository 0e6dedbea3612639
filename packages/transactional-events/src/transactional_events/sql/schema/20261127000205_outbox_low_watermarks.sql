-- migrate:up

-- A lower bound of the ids of each bucket: the outbox has no row of the bucket with this id or a lower one, and never
-- will. A relay that takes a bucket over reads from here. The bound is saved once per many rows, so that this table
-- has few dead rows itself.
CREATE TABLE outbox_low_watermarks (
    bucket integer NOT NULL,
    id     bigint  NOT NULL,

    CONSTRAINT outbox_low_watermarks_pkey PRIMARY KEY (bucket)
);

-- migrate:down

DROP TABLE outbox_low_watermarks;
