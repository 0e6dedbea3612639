-- migrate:up

-- Outbox rows that the broker can never accept, such as those that are too large, each with its error.
CREATE TABLE parked_events (
    event_id    uuid        NOT NULL,
    bucket      integer     NOT NULL,
    topic       text        NOT NULL,
    key         text        NOT NULL,
    value       bytea       NOT NULL,
    event_type  text        NOT NULL,
    occurred_at timestamptz NOT NULL,
    request_id  text        NOT NULL,
    error       text        NOT NULL,
    parked_at   timestamptz NOT NULL,

    CONSTRAINT parked_events_pkey PRIMARY KEY (event_id)
);

-- migrate:down

DROP TABLE parked_events;
