-- Lets a service read and write all rows of its database. Variable: service.

GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO :"service";
