CREATE SCHEMA app;
CREATE TYPE mood AS ENUM ('sad', 'so so');

CREATE TABLE samples (
    id uuid PRIMARY KEY,
    place bigint GENERATED ALWAYS AS IDENTITY,
    a_bool boolean NOT NULL,
    a_smallint smallint NOT NULL,
    an_int integer NOT NULL,
    a_bigint bigint NOT NULL,
    a_real real NOT NULL,
    a_double double precision NOT NULL,
    a_numeric numeric NOT NULL,
    a_price numeric(12, 2) NOT NULL,
    a_text text NOT NULL,
    a_varchar varchar(5) NOT NULL,
    bytes bytea NOT NULL,
    a_date date NOT NULL,
    an_instant timestamptz NOT NULL,
    a_mood mood NOT NULL,
    "order" text NOT NULL DEFAULT 'fixed',
    no_int integer,
    no_text text,
    no_bytes bytea,
    no_date timestamptz,
    no_mood mood,
    no_uuid uuid
);

CREATE TABLE app.names (name text PRIMARY KEY, length integer NOT NULL);
