-- Every kind of type and name.
CREATE TYPE mood AS ENUM ('sad', 'so-so', 'very happy', '100%', '"quoted"');
COMMENT ON TYPE mood IS 'How somebody feels.';
CREATE TYPE address AS (street text, "zip code" varchar(10), "class" integer);
CREATE TYPE resident AS (name text, home address, feels mood);
CREATE DOMAIN email AS text CHECK (VALUE LIKE '%@%');
CREATE DOMAIN positive AS integer CHECK (VALUE > 0);
CREATE TYPE float_range AS RANGE (subtype = double precision);

CREATE TABLE samples (
    id          bigserial PRIMARY KEY,
    a_bool      boolean NOT NULL,
    a_smallint  smallint NOT NULL,
    an_int      integer NOT NULL,
    a_bigint    bigint NOT NULL,
    a_real      real NOT NULL,
    a_double    double precision NOT NULL,
    a_numeric   numeric(20, 4) NOT NULL,
    a_money     money NOT NULL,
    a_text      text NOT NULL,
    a_varchar   varchar(20) NOT NULL,
    a_char      char(3) NOT NULL,
    bytes       bytea NOT NULL,
    a_date      date NOT NULL,
    a_time      time NOT NULL,
    a_timetz    timetz NOT NULL,
    a_timestamp timestamp NOT NULL,
    an_instant  timestamptz NOT NULL,
    an_interval interval NOT NULL,
    uuid        uuid NOT NULL,
    a_json      json NOT NULL,
    a_jsonb     jsonb NOT NULL,
    an_inet     inet NOT NULL,
    a_cidr      cidr NOT NULL,
    a_macaddr   macaddr NOT NULL,
    a_mood      mood NOT NULL,
    an_address  address NOT NULL,
    an_email    email NOT NULL,
    a_positive  positive NOT NULL,
    a_range     int4range NOT NULL,
    a_span      tstzrange NOT NULL,
    a_multi     int8multirange NOT NULL,
    a_floats    float_range NOT NULL
);
COMMENT ON TABLE samples IS 'One column of each type.';
COMMENT ON COLUMN samples.a_numeric IS 'Exact, with four digits behind the point.';

CREATE TABLE lists (
    id        integer PRIMARY KEY,
    ints      integer[] NOT NULL,
    grid      integer[][] NOT NULL,
    texts     text[] NOT NULL,
    uuids     uuid[] NOT NULL,
    instants  timestamptz[] NOT NULL,
    jsons     jsonb[] NOT NULL,
    moods     mood[] NOT NULL,
    addresses address[] NOT NULL,
    emails    email[] NOT NULL,
    ranges    int4range[] NOT NULL,
    amounts   numeric[]
);

CREATE TABLE residents (
    id   integer PRIMARY KEY,
    who  resident,
    mood mood
);

-- Names.
CREATE TABLE "odd Names" (
    "class"      integer PRIMARY KEY,
    "camelCase"  text,
    "two words"  text,
    "2nd"        text,
    "select"     text,
    "a""b"       text
);

CREATE SCHEMA other;
CREATE TYPE other.mood AS ENUM ('low', 'high');
CREATE TABLE other.samples (id integer PRIMARY KEY, a_mood other.mood NOT NULL, str text NOT NULL);

CREATE TABLE people (id integer PRIMARY KEY, name text NOT NULL, nick text);
CREATE TABLE pets (
    id       integer PRIMARY KEY,
    owner_id integer NOT NULL REFERENCES people (id),
    name     text NOT NULL
);

CREATE TABLE unmapped (id integer PRIMARY KEY, place point NOT NULL);

-- Types and names that Python, pydantic or another type uses, too.
CREATE TYPE "order" AS (id integer, lines jsonb, raw json[]);
CREATE TYPE mark AS ENUM ('_a_', '__b');
CREATE DOMAIN fine_mood AS mood CHECK (VALUE <> 'sad');
CREATE DOMAIN floats AS float_range;
CREATE DOMAIN tags AS text[];
CREATE TABLE ranges (
    id         integer PRIMARY KEY,
    "order"    "order" NOT NULL,
    fine_moods fine_mood[] NOT NULL,
    floats     floats[] NOT NULL,
    grid       jsonb[][] NOT NULL,
    mark       mark NOT NULL,
    span       int4range NOT NULL,
    owner      people,
    tags       tags[]
);
CREATE TABLE odd_ones (
    id        integer PRIMARY KEY,
    row_count integer NOT NULL,
    __op      text,
    _id       text,
    "m²"      integer,
    schema    text,
    copy      text
);
CREATE TABLE tuple_rows (id integer PRIMARY KEY, x text);
CREATE TABLE dts (id integer PRIMARY KEY, day date);

-- Types that migrations dropped and created again, as another kind or with types created later.
CREATE TYPE outer_part AS (x integer);
CREATE TYPE inner_part AS (z integer);
CREATE DOMAIN status AS text;
CREATE TYPE level AS (n integer);
DROP TYPE outer_part;
CREATE TYPE outer_part AS (y inner_part);
DROP DOMAIN status;
CREATE TYPE status AS ENUM ('a', 'b');
DROP TYPE level;
CREATE TYPE level AS ENUM ('low');
CREATE TABLE renewed (id integer PRIMARY KEY, part outer_part, status status NOT NULL, level level NOT NULL);

-- A view with columns that sqlc cannot type.
CREATE VIEW latest AS SELECT owner_id, max(id) AS pet_id, max(name) AS name FROM pets GROUP BY owner_id;

-- Types that migrations renamed or moved.
CREATE TYPE old_mark AS ENUM ('a');
CREATE DOMAIN old_email AS text;
CREATE DOMAIN old_score AS integer;
CREATE TYPE old_pair AS (a old_email, b integer);
ALTER TYPE old_mark RENAME TO new_mark;
ALTER DOMAIN old_email RENAME TO new_email;
ALTER DOMAIN old_score SET SCHEMA other;
ALTER TYPE old_pair RENAME TO new_pair;
CREATE TABLE moved (
    id integer PRIMARY KEY, mark new_mark NOT NULL, email new_email NOT NULL, pair new_pair,
    score other.old_score NOT NULL
);
