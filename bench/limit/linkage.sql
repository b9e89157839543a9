-- name: schema
CREATE TABLE entry (
    run_key        integer NOT NULL,
    receipt_number text    NOT NULL,
    n              integer NOT NULL,
    stamp_ms       bigint  NOT NULL,
    submission_id  text    NOT NULL,
    poll_ms        bigint  NOT NULL,
    fetched_ms     bigint  NOT NULL,
    PRIMARY KEY (run_key, receipt_number, n)
);
CREATE TABLE status_buffer (
    run_key  integer NOT NULL,
    number   bigint  NOT NULL,
    first_ms bigint  NOT NULL,
    payload  bytea   NOT NULL,
    PRIMARY KEY (run_key, number)
);

-- name: poll
INSERT INTO entry (run_key, receipt_number, n, stamp_ms, submission_id, poll_ms, fetched_ms)
SELECT $1, receipt, 0, stamp, id, $5, $5
FROM unnest($2::text[], $3::bigint[], $4::text[]) AS new (receipt, stamp, id)
ON CONFLICT DO NOTHING;

-- name: buffer
INSERT INTO status_buffer (run_key, number, first_ms, payload)
SELECT $1, number, $4, payload FROM unnest($2::bigint[], $3::bytea[]) AS new (number, payload);

-- name: pushed
DELETE FROM status_buffer WHERE run_key = $1 AND number <= $2;
