-- migrate:up

-- Which publisher may have events of a bucket under way. Whoever takes a bucket fences the publisher
-- that its row names, and writes its own name before it publishes.
CREATE TABLE bucket_publishers (
    bucket           integer NOT NULL,
    transactional_id text    NOT NULL,

    CONSTRAINT bucket_publishers_pkey PRIMARY KEY (bucket)
);

-- migrate:down

DROP TABLE bucket_publishers;
