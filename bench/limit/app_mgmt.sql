-- name: schema
CREATE TABLE application (
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
CREATE INDEX ON application (receipt_number);
CREATE TABLE tracked_case (
    run_key         integer  NOT NULL,
    submission_id   text     NOT NULL,
    receipt_number  text     NOT NULL,
    procedure       smallint NOT NULL,
    method          text,
    status          text     NOT NULL,
    resident_number text     NOT NULL,
    submitted_at_ms bigint   NOT NULL,
    stored_at_ms    bigint   NOT NULL,
    ledger_line     text,
    PRIMARY KEY (run_key, submission_id)
) WITH (fillfactor = 70);
CREATE TABLE history (
    run_key       integer  NOT NULL,
    submission_id text     NOT NULL,
    at_ms         bigint   NOT NULL,
    rank          smallint NOT NULL,
    n             smallint NOT NULL,
    payload       bytea    NOT NULL,
    PRIMARY KEY (run_key, submission_id, at_ms, rank, n)
);
CREATE TABLE held_status (
    run_key       integer NOT NULL,
    submission_id text    NOT NULL,
    payload       bytea   NOT NULL,
    PRIMARY KEY (run_key, submission_id)
);

-- name: take_in
WITH stored AS (
    INSERT INTO application (run_key, submission_id, receipt_number, procedure, serial_number, submitted_at_ms,
                             fetched_at_ms, payload)
    SELECT $1, id, receipt, procedure, serial, submitted, $8, payload
    FROM unnest($2::text[], $3::text[], $4::smallint[], $5::text[], $6::bigint[], $7::bytea[])
        AS new (id, receipt, procedure, serial, submitted, payload)
    ON CONFLICT DO NOTHING
    RETURNING submission_id, receipt_number, procedure, serial_number, submitted_at_ms
), tracked AS (
    INSERT INTO tracked_case (run_key, submission_id, receipt_number, procedure, method, status, resident_number,
                              submitted_at_ms, stored_at_ms)
    SELECT $1, submission_id, receipt_number, procedure, 'STANDARD_API', 'IDENTIFIED', serial_number, submitted_at_ms, $8
    FROM stored
), noted AS (
    INSERT INTO history (run_key, submission_id, at_ms, rank, n, payload)
    SELECT $1, submission_id, $8, 1, 0, $9 FROM stored
), held AS (
    INSERT INTO held_status (run_key, submission_id, payload) SELECT $1, submission_id, $9 FROM stored
)
SELECT submission_id FROM stored;

-- name: track
WITH done AS (
    SELECT * FROM unnest($2::text[], $3::bytea[]) AS new (id, payload)
), noted AS (
    INSERT INTO history (run_key, submission_id, at_ms, rank, n, payload) SELECT $1, id, $4, 2, 0, payload FROM done
    ON CONFLICT DO NOTHING
), freed AS (
    DELETE FROM held_status AS h USING done WHERE h.run_key = $1 AND h.submission_id = done.id
    RETURNING h.submission_id, h.payload
), tracked AS (
    UPDATE tracked_case AS t SET status = 'NOTIFIED', ledger_line = 'registered' FROM done
    WHERE t.run_key = $1 AND t.submission_id = done.id
    RETURNING t.submission_id, t.receipt_number
)
SELECT tracked.submission_id, tracked.receipt_number, freed.payload
FROM tracked JOIN freed ON freed.submission_id = tracked.submission_id;
