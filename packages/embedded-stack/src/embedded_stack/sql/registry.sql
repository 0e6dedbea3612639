-- Creates the schema registry's database. The registry creates its own tables, so its role owns the database.
-- Variables: database, owner. Environment: OWNER_PASSWORD.

\set ON_ERROR_STOP on
\getenv password OWNER_PASSWORD
\set role :owner
\ir role.sql
\ir database.sql
