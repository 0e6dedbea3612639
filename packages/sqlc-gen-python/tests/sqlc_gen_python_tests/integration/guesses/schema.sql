-- Columns of queries whose types sqlc infers wrongly.
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE TABLE things (
    id     integer PRIMARY KEY,
    price  money NOT NULL,
    amount bigint NOT NULL,
    weight real NOT NULL,
    sizes  integer[] NOT NULL,
    mood   mood NOT NULL
);
CREATE TABLE others (id integer PRIMARY KEY, amount numeric NOT NULL, weight real);
CREATE VIEW sums AS SELECT id, sum(price) AS price, amount + 0.5 AS amount FROM things GROUP BY id, amount;
