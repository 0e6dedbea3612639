-- What the queries of transactional-events need.
GRANT SELECT, INSERT, DELETE ON inbox, outbox, parked_events TO :"service";
-- PurgeInbox locks the rows that it deletes.
GRANT UPDATE ON inbox TO :"service";
GRANT SELECT, INSERT, UPDATE ON outbox_low_watermarks TO :"service";
-- Used by relays that publish in Kafka transactions only.
GRANT SELECT, INSERT, UPDATE ON bucket_publishers TO :"service";
