-- name: schema
CREATE TABLE opened_case (
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
CREATE TABLE registration (
    receipt_number   text     PRIMARY KEY,
    run_key          integer  NOT NULL,
    submission_id    text     NOT NULL,
    core_system      text     NOT NULL,
    procedure        smallint NOT NULL,
    resident_number  text     NOT NULL,
    method           text     NOT NULL,
    registered_at_ms bigint   NOT NULL,
    fields           jsonb    NOT NULL,
    batch_id         text     NOT NULL
);
CREATE INDEX ON registration (run_key, submission_id);

-- name: work
WITH new AS (
    SELECT * FROM unnest($2::text[], $3::text[], $4::smallint[], $5::text[], $6::bigint[], $7::bigint[], $8::jsonb[])
        AS new (id, receipt, procedure, resident, submitted, opened, fields)
), opened AS (
    INSERT INTO opened_case (run_key, submission_id, receipt_number, procedure, method, resident_number, identified,
                             submitted_at_ms, opened_at_ms, fields)
    SELECT $1, id, receipt, procedure, 'STANDARD_API', resident, true, submitted, opened, fields FROM new
    ON CONFLICT DO NOTHING
)
INSERT INTO registration (receipt_number, run_key, submission_id, core_system, procedure, resident_number, method,
                          registered_at_ms, fields, batch_id)
SELECT receipt, $1, id, 'child_allowance', procedure, resident, 'STANDARD_API', $9, fields, '' FROM new
ON CONFLICT DO NOTHING
RETURNING submission_id;
