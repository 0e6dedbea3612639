ALTER TABLE venues ADD COLUMN created_at timestamp NOT NULL DEFAULT now();
ALTER TABLE venues DROP COLUMN dropped;
