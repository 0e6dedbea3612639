CREATE TYPE status AS ENUM ('op!en', 'clo@sed');
COMMENT ON TYPE status IS 'Venues can be either open or closed';

CREATE TABLE venues (
    id               SERIAL PRIMARY KEY,
    dropped          text,
    status           status NOT NULL,
    statuses         status[],
    slug             text NOT NULL,
    name             varchar(255) NOT NULL,
    city             text NOT NULL REFERENCES city (slug),
    spotify_playlist varchar NOT NULL,
    songkick_id      text,
    tags             text[]
);
COMMENT ON TABLE venues IS 'Venues are places where music happens';
COMMENT ON COLUMN venues.slug IS 'This value appears in public URLs';
