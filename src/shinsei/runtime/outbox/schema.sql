-- Tables by which a service sends and receives effectively once. A service's schema begins with them.

-- What has been numbered, per (topic, run, municipality). The row is the lock under which numbers are given.
CREATE TABLE IF NOT EXISTS stream (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic text NOT NULL,
    run_id text NOT NULL,
    municipality text NOT NULL,
    partition integer NOT NULL,
    last_number bigint NOT NULL DEFAULT 0,
    UNIQUE (topic, run_id, municipality)
);

-- What is to be sent; a row is deleted when the broker has acknowledged it and everything before it.
CREATE TABLE IF NOT EXISTS outbox (
    stream_id integer NOT NULL,
    number bigint NOT NULL,
    type text NOT NULL,
    event_id text NOT NULL,
    at_ms bigint NOT NULL,
    written_ms bigint NOT NULL,
    causation text NOT NULL,
    traceparent text NOT NULL,
    value bytea NOT NULL,
    PRIMARY KEY (stream_id, number)
);

-- What has been accepted, per (topic, run, municipality): all numbers up to this one.
CREATE TABLE IF NOT EXISTS inbox (
    topic text NOT NULL,
    run_id text NOT NULL,
    municipality text NOT NULL,
    last_number bigint NOT NULL,
    PRIMARY KEY (topic, run_id, municipality)
);

-- Who may write for a partition: the taker of the latest epoch.
CREATE TABLE IF NOT EXISTS ownership (
    topic text NOT NULL,
    partition integer NOT NULL,
    epoch bigint NOT NULL,
    PRIMARY KEY (topic, partition)
);
