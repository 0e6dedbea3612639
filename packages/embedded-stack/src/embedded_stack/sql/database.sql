-- Creates a database in UTF-8 unless it exists. Its owner has all privileges, and other roles have none.
-- Variables: database, owner.

-- template1 has the encoding and locale of the cluster, which is SQL_ASCII if the cluster was created with LANG=C;
-- template0 accepts another encoding. The builtin locale provider keeps indexes valid when the system's C library is
-- upgraded.
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
