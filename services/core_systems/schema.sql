-- schema 1: raise the number with every change, and add to what is there; an older program refuses a newer number.
-- What the core systems keep: the registry's mapping, the journal from which an office is rebuilt, and registrations.
-- Columns named *_ms are simulated time. Bulk tables carry no foreign keys: their rows are only ever written behind the
-- run's.

CREATE TABLE IF NOT EXISTS run (
    key                integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id             text    NOT NULL,
    municipality       text    NOT NULL,
    spec               bytea   NOT NULL,
    closed             boolean NOT NULL DEFAULT false,
    -- The last message taken in, and up to where the office has worked.
    number             bigint  NOT NULL DEFAULT 0,
    watermark_ms       bigint  NOT NULL DEFAULT 0,
    -- Everything that the portal accepted before this is here.
    accepted_before_ms bigint  NOT NULL DEFAULT 0,
    UNIQUE (run_id, municipality)
);

-- The resident registry's mapping (番号紐付情報).
CREATE TABLE IF NOT EXISTS serial_mapping (
    run_key         integer NOT NULL,
    serial_number   text    NOT NULL,
    resident_number text    NOT NULL,
    valid_from_ms   bigint  NOT NULL,
    PRIMARY KEY (run_key, valid_from_ms, serial_number)
);
-- Null: it never ceases to be valid.
ALTER TABLE serial_mapping ADD COLUMN IF NOT EXISTS valid_until_ms bigint;

-- The journal: what has been offered to the office. The office orders it by its times.
CREATE TABLE IF NOT EXISTS opened_case (
    run_key         integer  NOT NULL,
    submission_id   text     NOT NULL,
    receipt_number  text     NOT NULL,
    procedure       smallint NOT NULL,
    method          text     NOT NULL,
    resident_number text     NOT NULL,
    identified      boolean  NOT NULL,
    submitted_at_ms bigint   NOT NULL,
    opened_at_ms    bigint   NOT NULL,
    fields          jsonb    NOT NULL,
    PRIMARY KEY (run_key, submission_id)
);
-- In which state it came: whole, with a file held back, or lapsed at the portal.
ALTER TABLE opened_case ADD COLUMN IF NOT EXISTS taken_as text NOT NULL DEFAULT 'WHOLE';
-- Replies to correction requests, and withdrawals.
CREATE TABLE IF NOT EXISTS reaction (
    run_key       integer NOT NULL,
    submission_id text    NOT NULL,
    kind          text    NOT NULL,
    n             integer NOT NULL,
    filed_at_ms   bigint  NOT NULL,
    fetched_at_ms bigint  NOT NULL,
    PRIMARY KEY (run_key, submission_id, kind, n)
);
CREATE TABLE IF NOT EXISTS office_change (
    run_key integer NOT NULL,
    number  bigint  NOT NULL,
    change  bytea   NOT NULL,
    PRIMARY KEY (run_key, number)
);

-- Cases whose message went to the dead letters.
CREATE TABLE IF NOT EXISTS dead_case (
    run_key       integer NOT NULL,
    submission_id text    NOT NULL,
    PRIMARY KEY (run_key, submission_id)
);

-- The core systems' books: a receipt number is registered once.
CREATE TABLE IF NOT EXISTS registration (
    receipt_number   text    PRIMARY KEY,
    run_key          integer NOT NULL,
    submission_id    text    NOT NULL,
    core_system      text    NOT NULL,
    procedure        smallint NOT NULL,
    resident_number  text    NOT NULL,
    method           text    NOT NULL,
    registered_at_ms bigint  NOT NULL,
    fields           jsonb   NOT NULL,
    batch_id         text    NOT NULL
);
CREATE INDEX IF NOT EXISTS registration_by_case ON registration (run_key, submission_id);
