-- name: schema
CREATE TABLE application (
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
CREATE TABLE entry (
    run_key        integer NOT NULL,
    receipt_number text    COLLATE "C" NOT NULL,
    n              integer NOT NULL,
    stamp_ms       bigint  NOT NULL,
    submission_id  text    NOT NULL,
    files          integer NOT NULL,
    size           bigint  NOT NULL,
    PRIMARY KEY (run_key, receipt_number, n)
);
CREATE TABLE status_update (
    run_key       integer NOT NULL,
    number        bigint  NOT NULL,
    submission_id text    COLLATE "C" NOT NULL,
    payload       bytea   NOT NULL,
    PRIMARY KEY (run_key, number)
);
CREATE INDEX ON status_update (run_key, submission_id, number);
CREATE TABLE returned (run_key integer PRIMARY KEY, number bigint NOT NULL);
INSERT INTO returned SELECT n, 0 FROM generate_series(0, 7) AS n;

-- name: store
WITH stored AS (
    INSERT INTO application (receipt_number, run_key, submission_id, procedure, submitted_at_ms, files, size, payload)
    SELECT receipt, key, id, procedure, $5, 0, 0, payload
    FROM unnest($1::text[], $2::integer[], $3::text[], $4::smallint[], $6::bytea[])
        AS new (receipt, key, id, procedure, payload)
    ON CONFLICT (run_key, submission_id) DO NOTHING
    RETURNING receipt_number, run_key, submission_id
), listed AS (
    INSERT INTO entry (run_key, receipt_number, n, stamp_ms, submission_id, files, size)
    SELECT run_key, receipt_number, 0, $5, submission_id, 0, 0 FROM stored
)
SELECT receipt_number FROM stored;

-- name: known
SELECT a.submission_id, a.receipt_number FROM application a
JOIN unnest($1::integer[], $2::text[]) AS w (run_key, submission_id)
  ON a.run_key = w.run_key AND a.submission_id = w.submission_id;

-- name: list
SELECT receipt_number, stamp_ms, submission_id FROM entry WHERE run_key = $1 ORDER BY receipt_number LIMIT $2;

-- name: get
SELECT receipt_number, submitted_at_ms, payload FROM application WHERE receipt_number = ANY($1::text[]);

-- name: acknowledge
DELETE FROM entry e USING unnest($2::text[]) AS d (receipt_number)
WHERE e.run_key = $1 AND e.receipt_number = d.receipt_number AND e.n = 0;

-- name: push
WITH new AS (
    INSERT INTO status_update (run_key, number, submission_id, payload)
    SELECT $1, * FROM unnest($2::bigint[], $3::text[], $4::bytea[]) ON CONFLICT DO NOTHING
)
UPDATE returned SET number = greatest(number, $5) WHERE run_key = $1;
