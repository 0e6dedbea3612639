-- Creates a role unless it exists, and sets its password.
-- Variables: role, password.

-- Failed statements are not logged, because they contain the password.
SET log_min_error_statement = panic;

SELECT format('CREATE ROLE %I', :'role')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \gexec

ALTER ROLE :"role" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'password';
