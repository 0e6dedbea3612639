-- Creates a service's database and two roles: the owner changes tables, the service connects.
-- The owner grants privileges on the tables after it has made them.
-- Variables: database, owner, service. Environment: OWNER_PASSWORD, SERVICE_PASSWORD.

\set ON_ERROR_STOP on
\getenv password OWNER_PASSWORD
\set role :owner
\ir role.sql

\getenv password SERVICE_PASSWORD
\set role :service
\ir role.sql

\ir database.sql

GRANT CONNECT ON DATABASE :"database" TO :"service";

\connect :"database"

GRANT USAGE ON SCHEMA public TO :"service";
