-- Records the committed events in the order of each key, because relays delete rows from the outbox.
CREATE TABLE witness (
    number   bigint GENERATED ALWAYS AS IDENTITY,
    topic    text   NOT NULL,
    key      text   NOT NULL,
    event_id uuid   NOT NULL
);

CREATE FUNCTION note_events() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS
$$
BEGIN
    INSERT INTO witness (topic, key, event_id) SELECT topic, key, event_id FROM added ORDER BY id;
    RETURN NULL;
END
$$;

CREATE TRIGGER note_events AFTER INSERT ON outbox
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION note_events();
