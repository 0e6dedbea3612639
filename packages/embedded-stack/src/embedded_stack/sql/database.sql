-- Makes sure that a database is there, in UTF-8, that its owner may do everything in it, and others nothing.
-- Variables: database, owner.

-- From template0, because the encoding and locale of template1 are those of the cluster: SQL_ASCII when it was
-- made with LANG=C. The locale is PostgreSQL's own, so indexes outlive an upgrade of the system's C library.
SELECT format(
    'CREATE DATABASE %I OWNER %I TEMPLATE template0 ENCODING UTF8 LOCALE_PROVIDER builtin BUILTIN_LOCALE %L LOCALE %L',
    :'database', :'owner', 'C.UTF-8', 'C'
)
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec

SELECT format(
    'DO $do$ BEGIN RAISE EXCEPTION %L; END $do$',
    format('database %s has the encoding %s, not UTF8: rename it, and move its rows to a new one',
        datname, pg_encoding_to_char(encoding))
)
FROM pg_database
WHERE datname = :'database' AND pg_encoding_to_char(encoding) <> 'UTF8' \gexec

REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
