-- migrate:up

-- Events that were handled. A row commits together with the effect of its event, so that an event
-- that is delivered again has no second effect.
CREATE TABLE inbox (
    event_id    uuid        NOT NULL,
    topic       text        NOT NULL,
    received_at timestamptz NOT NULL,

    CONSTRAINT inbox_pkey PRIMARY KEY (event_id)
);

-- The purge reads the oldest rows first.
CREATE INDEX inbox_by_age ON inbox (received_at);

-- migrate:down

DROP TABLE inbox;
