-- migrate:up
CREATE TABLE books (id bigint PRIMARY KEY);
