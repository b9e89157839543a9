-- schema 3: raise the number with every change, and add to what is there; an older program refuses a newer number.
-- What the portal keeps: runs, applications as they came in, what municipalities have not yet pulled, and the
-- statuses that came back. Columns named *_ms are simulated time unless they say "real". Bulk tables carry no foreign
-- keys: their rows are only ever written behind the run's.

CREATE SEQUENCE IF NOT EXISTS receipt_ordinal AS bigint START 100000000000000 MINVALUE 100000000000000 INCREMENT 1000;

CREATE TABLE IF NOT EXISTS run (
    key          integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id       text    NOT NULL,
    municipality text    NOT NULL,
    spec         bytea   NOT NULL,
    closed       boolean NOT NULL DEFAULT false,
    frontier_ms  bigint  NOT NULL,
    watermark_ms bigint  NOT NULL,
    UNIQUE (run_id, municipality)
);
CREATE UNIQUE INDEX IF NOT EXISTS one_open_run ON run (municipality) WHERE NOT closed;

-- Clock-paced runs only. given_ms: the highest watermark that a listing has told.
CREATE TABLE IF NOT EXISTS run_clock (
    run_key        integer PRIMARY KEY REFERENCES run,
    anchor_real_ms bigint NOT NULL,
    anchor_ms      bigint NOT NULL,
    speed          double precision NOT NULL,
    given_ms       bigint NOT NULL
);

-- Counters stand apart from the run's row, so that a commit of submissions and a push never wait for each other.
CREATE TABLE IF NOT EXISTS run_intake (
    run_key  integer PRIMARY KEY REFERENCES run,
    accepted bigint NOT NULL DEFAULT 0,
    late     bigint NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS run_returned (
    run_key     integer PRIMARY KEY REFERENCES run,
    returned_ms bigint NOT NULL,
    number      bigint NOT NULL DEFAULT 0,
    registered  bigint NOT NULL DEFAULT 0,
    decided     bigint NOT NULL DEFAULT 0,
    ended       bigint NOT NULL DEFAULT 0
);

CREATE TABLE IF NOT EXISTS application (
    receipt_number  text     PRIMARY KEY,
    run_key         integer  NOT NULL,
    submission_id   text     COLLATE "C" NOT NULL,
    procedure       smallint NOT NULL,
    submitted_at_ms bigint   NOT NULL,
    files           integer  NOT NULL,
    size            bigint   NOT NULL,
    payload         bytea    NOT NULL,
    UNIQUE (run_key, submission_id)
);
ALTER TABLE application DROP CONSTRAINT IF EXISTS application_run_key_fkey;

-- What is not yet acknowledged; the acknowledgement removes it. A cursor over a number or a time would lose rows
-- whose transaction commits late.
CREATE TABLE IF NOT EXISTS entry (
    run_key        integer  NOT NULL,
    receipt_number text     NOT NULL,
    n              integer  NOT NULL,
    stamp_ms       bigint   NOT NULL,
    submission_id  text     COLLATE "C" NOT NULL,
    files          integer  NOT NULL,
    size           bigint   NOT NULL,
    change         bytea,
    PRIMARY KEY (run_key, receipt_number, n)
);
ALTER TABLE entry DROP CONSTRAINT IF EXISTS entry_run_key_fkey;
CREATE INDEX IF NOT EXISTS entry_by_stamp ON entry (run_key, stamp_ms);

-- What applicants did after filing; n as in the entry: k + 1 replies to the k-th correction request, -1 withdraws.
CREATE TABLE IF NOT EXISTS reaction (
    run_key       integer  NOT NULL REFERENCES run,
    submission_id text     COLLATE "C" NOT NULL,
    n             integer  NOT NULL,
    filed_at_ms   bigint   NOT NULL,
    PRIMARY KEY (run_key, submission_id, n)
);

-- Correction requests among the statuses that came back: what applicants reply to.
CREATE TABLE IF NOT EXISTS correction_request (
    run_key       integer NOT NULL REFERENCES run,
    at_ms         bigint  NOT NULL,
    submission_id text    COLLATE "C" NOT NULL,
    n             integer NOT NULL,
    PRIMARY KEY (run_key, at_ms, submission_id, n)
);

CREATE TABLE IF NOT EXISTS control_change (
    run_key integer NOT NULL REFERENCES run,
    n       integer NOT NULL,
    change  bytea   NOT NULL,
    PRIMARY KEY (run_key, n)
);
-- Its client's id, so that a call whose answer was lost can be repeated; null where the client gave none.
ALTER TABLE control_change ADD COLUMN IF NOT EXISTS change_id text;
CREATE UNIQUE INDEX IF NOT EXISTS control_change_by_id ON control_change (run_key, change_id);

CREATE TABLE IF NOT EXISTS status_update (
    run_key       integer NOT NULL,
    number        bigint  NOT NULL,
    submission_id text    COLLATE "C" NOT NULL,
    payload       bytea   NOT NULL,
    PRIMARY KEY (run_key, number)
);
ALTER TABLE status_update DROP CONSTRAINT IF EXISTS status_update_run_key_fkey;
CREATE INDEX IF NOT EXISTS status_update_by_case ON status_update (run_key, submission_id, number);

CREATE TABLE IF NOT EXISTS attachment (
    key           bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_key       integer NOT NULL REFERENCES run,
    submission_id text    COLLATE "C" NOT NULL,
    name          text    NOT NULL,
    media_type    text    NOT NULL,
    size          bigint  NOT NULL,
    sha256        text    NOT NULL,
    complete      boolean NOT NULL DEFAULT false
);
CREATE UNIQUE INDEX IF NOT EXISTS one_complete_attachment ON attachment (run_key, submission_id, name) WHERE complete;
CREATE TABLE IF NOT EXISTS attachment_chunk (
    attachment_key bigint  NOT NULL REFERENCES attachment ON DELETE CASCADE,
    n              integer NOT NULL,
    bytes          bytea   NOT NULL,
    PRIMARY KEY (attachment_key, n)
);
ALTER TABLE attachment_chunk ALTER COLUMN bytes SET STORAGE EXTERNAL;

-- Signing certificates that are not good any more, by the run in whose world they were revoked.
CREATE TABLE IF NOT EXISTS revoked_certificate (
    run_key       integer NOT NULL REFERENCES run,
    serial_number text    COLLATE "C" NOT NULL,
    since_ms      bigint  NOT NULL,
    PRIMARY KEY (run_key, serial_number)
);

-- What scatters receipt numbers; made once, so that the same number is never given twice.
CREATE TABLE IF NOT EXISTS receipt_key (
    is_the_one boolean PRIMARY KEY DEFAULT true CHECK (is_the_one),
    key        bytea NOT NULL
);
