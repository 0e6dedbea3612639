CREATE TABLE pilots (id integer PRIMARY KEY, name text NOT NULL);
CREATE TABLE jets (
    id        integer PRIMARY KEY,
    pilot_id  integer NOT NULL REFERENCES pilots (id),
    age       integer NOT NULL,
    name      text NOT NULL,
    color     text NOT NULL
);
CREATE TABLE languages (id integer PRIMARY KEY, language text NOT NULL);
CREATE TABLE pilot_languages (
    pilot_id    integer NOT NULL REFERENCES pilots (id),
    language_id integer NOT NULL REFERENCES languages (id),
    PRIMARY KEY (pilot_id, language_id)
);
