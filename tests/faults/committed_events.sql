-- Records the committed events in the order of each key, because relays delete rows from the outbox.
CREATE TABLE committed_events (
    number   bigint GENERATED ALWAYS AS IDENTITY,
    topic    text   NOT NULL,
    key      text   NOT NULL,
    event_id uuid   NOT NULL
);

CREATE FUNCTION record_committed_events() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS
$$
BEGIN
    INSERT INTO committed_events (topic, key, event_id) SELECT topic, key, event_id FROM added ORDER BY id;
    RETURN NULL;
END
$$;

CREATE TRIGGER record_committed_events AFTER INSERT ON outbox
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION record_committed_events();
