-- Creates a service's database and two roles: the owner changes tables, the service reads and writes rows.
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
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO :"service";
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" IN SCHEMA public GRANT USAGE ON SEQUENCES TO :"service";
