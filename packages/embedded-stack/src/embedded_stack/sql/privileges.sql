-- Revokes a service's privileges on tables. The scripts that follow in the same transaction grant what the service
-- needs. Run by the owner of the tables. Variable: service.

-- Two runs at the same time would change the same rows of the catalogue, and one of them would fail.
SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('embedded-stack: privileges', 0));

ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM :"service";
ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON SEQUENCES FROM :"service";
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM :"service";
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO :"service";
