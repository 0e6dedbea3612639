-- Makes sure that a role can log in with its password.
-- Variables: role, password.

-- A statement that fails is not logged: it holds a password.
SET log_min_error_statement = panic;

SELECT format('CREATE ROLE %I', :'role')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \gexec

ALTER ROLE :"role" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'password';
