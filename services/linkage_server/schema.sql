-- schema 2: raise the number with every change, and add to what is there; an older program refuses a newer number.
-- What the linkage server keeps: the polls it committed, and the statuses that wait for their push. Columns named
-- *_ms are simulated time. Bulk tables carry no foreign keys: their rows are only ever written behind the run's.

CREATE TABLE IF NOT EXISTS run (
    key          integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id       text    NOT NULL,
    municipality text    NOT NULL,
    partition    integer NOT NULL,
    spec         bytea   NOT NULL,
    finished     boolean NOT NULL DEFAULT false,
    UNIQUE (run_id, municipality)
);

-- polled: last poll whose entries and times are committed. published: last poll whose entries have been handed on.
-- working: last of those polled at which the line was up; complete: the same of those published.
CREATE TABLE IF NOT EXISTS run_poll (
    run_key       integer PRIMARY KEY REFERENCES run,
    polled_ms     bigint,
    published_ms  bigint,
    working_ms    bigint,
    complete_ms   bigint,
    busy_until_ms bigint NOT NULL,
    started       boolean NOT NULL DEFAULT false
);

-- status: watermark of application.status-changed. number: last update buffered. pushed: last push.
CREATE TABLE IF NOT EXISTS run_push (
    run_key       integer PRIMARY KEY REFERENCES run,
    status_ms     bigint NOT NULL,
    number        bigint NOT NULL DEFAULT 0,
    pushed_ms     bigint NOT NULL,
    pushed_number bigint NOT NULL DEFAULT 0
);

-- Entries of committed polls. They stay: the ledger counts them, and a listing that repeats one is recognised.
CREATE TABLE IF NOT EXISTS entry (
    run_key        integer NOT NULL,
    receipt_number text    NOT NULL,
    n              integer NOT NULL,
    stamp_ms       bigint  NOT NULL,
    submission_id  text    COLLATE "C" NOT NULL,
    poll_ms        bigint  NOT NULL,
    fetched_ms     bigint  NOT NULL,
    change         bytea,
    PRIMARY KEY (run_key, receipt_number, n)
);
ALTER TABLE entry DROP CONSTRAINT IF EXISTS entry_run_key_fkey;
CREATE INDEX IF NOT EXISTS entry_by_poll ON entry (run_key, poll_ms);

CREATE TABLE IF NOT EXISTS status_buffer (
    run_key       integer NOT NULL,
    number        bigint  NOT NULL,
    first_ms      bigint  NOT NULL,
    payload       bytea   NOT NULL,
    PRIMARY KEY (run_key, number)
);
ALTER TABLE status_buffer DROP CONSTRAINT IF EXISTS status_buffer_run_key_fkey;
