-- Makes the schema registry's database; the registry keeps its tables itself, so its role is the owner.
-- Variables: database, owner. Environment: OWNER_PASSWORD.

\set ON_ERROR_STOP on
\getenv password OWNER_PASSWORD
\set role :owner
\ir role.sql
\ir database.sql
