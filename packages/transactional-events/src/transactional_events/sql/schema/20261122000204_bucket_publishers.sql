-- migrate:up

-- Only relays that publish in Kafka transactions use this table. It stays, because such relays may run beside this
-- version during a rolling upgrade; without the table they would stop.
CREATE TABLE bucket_publishers (
    bucket           integer NOT NULL,
    transactional_id text    NOT NULL,

    CONSTRAINT bucket_publishers_pkey PRIMARY KEY (bucket)
);

-- migrate:down

DROP TABLE bucket_publishers;
