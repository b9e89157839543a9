-- schema 1: raise the number with every change, and add to what is there; an older program refuses a newer number.
-- What application management keeps: applications as they came, the copy of the registry's mapping, where every case
-- stands and how it came there. Columns named *_ms are simulated time. Bulk tables carry no foreign keys: their rows are
-- only ever written behind the run's.

CREATE TABLE IF NOT EXISTS run (
    key          integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id       text    NOT NULL,
    municipality text    NOT NULL,
    spec         bytea   NOT NULL,
    UNIQUE (run_id, municipality)
);

-- The two consumers note their progress apart from each other, so that neither waits for the other's transaction.
CREATE TABLE IF NOT EXISTS run_intake (
    run_key            integer PRIMARY KEY REFERENCES run,
    closed             boolean NOT NULL DEFAULT false,
    number             bigint  NOT NULL DEFAULT 0,
    watermark_ms       bigint  NOT NULL DEFAULT 0,
    -- The last poll that carried cases: everything accepted before it is here.
    polled_until_ms    bigint  NOT NULL DEFAULT 0,
    -- The last refresh of the registry's mapping that has been delivered.
    refreshed_until_ms bigint  NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS run_tracking (
    run_key      integer PRIMARY KEY REFERENCES run,
    watermark_ms bigint  NOT NULL DEFAULT 0
);

CREATE TABLE IF NOT EXISTS control_change (
    run_key integer NOT NULL REFERENCES run,
    n       integer NOT NULL,
    change  bytea   NOT NULL,
    PRIMARY KEY (run_key, n)
);

CREATE TABLE IF NOT EXISTS application (
    run_key         integer  NOT NULL,
    submission_id   text     NOT NULL,
    receipt_number  text     NOT NULL,
    procedure       smallint NOT NULL,
    serial_number   text     NOT NULL,
    submitted_at_ms bigint   NOT NULL,
    fetched_at_ms   bigint   NOT NULL,
    payload         bytea    NOT NULL,
    PRIMARY KEY (run_key, submission_id)
);
-- In which state it came: whole, with a file held back, or lapsed at the portal and known by its number alone.
ALTER TABLE application ADD COLUMN IF NOT EXISTS taken_as text NOT NULL DEFAULT 'WHOLE';
CREATE INDEX IF NOT EXISTS application_by_receipt ON application (receipt_number);
CREATE INDEX IF NOT EXISTS application_by_acceptance ON application (run_key, submitted_at_ms);

-- Applications that the fetched watermark has not passed yet.
CREATE TABLE IF NOT EXISTS postponed (
    run_key         integer NOT NULL,
    fetched_at_ms   bigint  NOT NULL,
    submission_id   text    NOT NULL,
    submitted_at_ms bigint  NOT NULL,
    PRIMARY KEY (run_key, fetched_at_ms, submission_id)
);

-- Where a case stands; narrow and with room on its pages, because every step updates it in place.
CREATE TABLE IF NOT EXISTS tracked_case (
    run_key         integer  NOT NULL,
    submission_id   text     NOT NULL,
    receipt_number  text     NOT NULL,
    procedure       smallint NOT NULL,
    method          text,
    status          text     NOT NULL,
    resident_number text     NOT NULL,
    submitted_at_ms bigint   NOT NULL,
    stored_at_ms    bigint   NOT NULL,
    -- Its first end, which never changes again.
    ledger_line     text,
    PRIMARY KEY (run_key, submission_id)
) WITH (fillfactor = 70);
CREATE INDEX IF NOT EXISTS tracked_case_by_storing ON tracked_case (run_key, stored_at_ms, submission_id);

-- One row a case and step; payload: its transitions, encoded.
CREATE TABLE IF NOT EXISTS history (
    run_key       integer  NOT NULL,
    submission_id text     NOT NULL,
    at_ms         bigint   NOT NULL,
    rank          smallint NOT NULL,
    n             smallint NOT NULL,
    payload       bytea    NOT NULL,
    PRIMARY KEY (run_key, submission_id, at_ms, rank, n)
);

-- Transitions that the portal is to see once the office's watermark has passed them.
CREATE TABLE IF NOT EXISTS held_status (
    run_key        integer  NOT NULL,
    at_ms          bigint   NOT NULL,
    submission_id  text     NOT NULL,
    rank           smallint NOT NULL,
    n              smallint NOT NULL,
    receipt_number text     NOT NULL,
    payload        bytea    NOT NULL,
    PRIMARY KEY (run_key, at_ms, submission_id, rank, n)
);

-- The copy of the resident registry's mapping; it may hold more than a case's own refresh had brought.
CREATE TABLE IF NOT EXISTS serial_mapping (
    run_key         integer NOT NULL,
    serial_number   text    NOT NULL,
    resident_number text    NOT NULL,
    valid_from_ms   bigint  NOT NULL,
    PRIMARY KEY (run_key, serial_number)
);
-- Null: it never ceases to be valid.
ALTER TABLE serial_mapping ADD COLUMN IF NOT EXISTS valid_until_ms bigint;
