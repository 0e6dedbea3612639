-- Closes the databases that every cluster has from its start: roles of services connect to their own database only.

REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC;
