-- The statements of application management. $1 is the run's key wherever a run is meant.

-- name: one_moment
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY

-- name: find_run
SELECT key, spec FROM run WHERE run_id = $1 AND municipality = $2

-- name: intake_state
SELECT i.closed, i.number, i.watermark_ms, i.refreshed_until_ms,
       ARRAY(SELECT c.change FROM control_change c WHERE c.run_key = $1 ORDER BY c.n) AS changes
FROM run_intake i WHERE i.run_key = $1

-- name: open_run
WITH opened AS (
    INSERT INTO run (run_id, municipality, spec) VALUES ($1, $2, $3)
    ON CONFLICT (run_id, municipality) DO UPDATE SET run_id = excluded.run_id
    RETURNING key
), intake AS (
    INSERT INTO run_intake (run_key) SELECT key FROM opened ON CONFLICT DO NOTHING
), tracking AS (
    INSERT INTO run_tracking (run_key) SELECT key FROM opened ON CONFLICT DO NOTHING
)
SELECT key FROM opened

-- name: close_run
UPDATE run_intake SET closed = true WHERE run_key = $1

-- name: add_changes
INSERT INTO control_change (run_key, n, change)
SELECT $1, n, change FROM unnest($2::integer[], $3::bytea[]) AS new (n, change)
ON CONFLICT DO NOTHING

-- name: progress_intake
UPDATE run_intake
SET number = greatest(number, $2),
    watermark_ms = greatest(watermark_ms, $3),
    polled_until_ms = greatest(polled_until_ms, $4)
WHERE run_key = $1

-- name: refreshed
UPDATE run_intake SET refreshed_until_ms = greatest(refreshed_until_ms, $2) WHERE run_key = $1

-- name: keep_mappings
INSERT INTO serial_mapping (run_key, serial_number, resident_number, valid_from_ms, valid_until_ms)
SELECT $1, serial, resident, since, until
FROM unnest($2::text[], $3::text[], $4::bigint[], $5::bigint[]) AS new (serial, resident, since, until)
ON CONFLICT DO NOTHING

-- name: look_up
SELECT serial_number, resident_number, valid_from_ms, valid_until_ms FROM serial_mapping
WHERE run_key = $1 AND serial_number = ANY($2::text[])

-- name: store
INSERT INTO application (run_key, submission_id, receipt_number, procedure, serial_number, submitted_at_ms,
                         fetched_at_ms, payload, taken_as)
SELECT $1, id, receipt, procedure, serial, submitted, fetched, payload, taken_as
FROM unnest($2::text[], $3::text[], $4::smallint[], $5::text[], $6::bigint[], $7::bigint[], $8::bytea[], $9::text[])
     AS new (id, receipt, procedure, serial, submitted, fetched, payload, taken_as)
ON CONFLICT DO NOTHING
RETURNING submission_id

-- name: postpone
INSERT INTO postponed (run_key, fetched_at_ms, submission_id, submitted_at_ms)
SELECT $1, fetched, id, submitted FROM unnest($2::bigint[], $3::text[], $4::bigint[]) AS new (fetched, id, submitted)

-- name: take_postponed
WITH passed AS (
    DELETE FROM postponed WHERE run_key = $1 AND fetched_at_ms < $2 RETURNING submission_id
)
SELECT a.submission_id, a.receipt_number, a.procedure, a.serial_number, a.submitted_at_ms, a.fetched_at_ms, a.payload,
       a.taken_as
FROM application a WHERE a.run_key = $1 AND a.submission_id = ANY(ARRAY(SELECT submission_id FROM passed))

-- name: oldest_postponed
SELECT min(submitted_at_ms) FROM postponed WHERE run_key = $1

-- name: track_new
WITH new AS (
    SELECT *
    FROM unnest($2::text[], $3::text[], $4::smallint[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::bigint[],
                $10::text[], $11::bigint[], $12::smallint[], $13::smallint[], $14::bytea[])
         AS new (id, receipt, procedure, method, status, resident, submitted, stored, line, at, rank, n, payload)
), tracked AS (
    INSERT INTO tracked_case (run_key, submission_id, receipt_number, procedure, method, status, resident_number,
                              submitted_at_ms, stored_at_ms, ledger_line)
    SELECT $1, id, receipt, procedure, method, status, resident, submitted, stored, line FROM new
    ON CONFLICT DO NOTHING
), remembered AS (
    INSERT INTO history (run_key, submission_id, at_ms, rank, n, payload)
    SELECT $1, id, at, rank, n, payload FROM new
    ON CONFLICT DO NOTHING
)
INSERT INTO held_status (run_key, at_ms, submission_id, rank, n, receipt_number, payload)
SELECT $1, at, id, rank, n, receipt, payload FROM new
ON CONFLICT DO NOTHING

-- name: track
UPDATE tracked_case AS t
SET status = new.status,
    ledger_line = coalesce(t.ledger_line, new.line),
    resident_number = coalesce(new.resident, t.resident_number)
FROM unnest($2::text[], $3::text[], $4::text[], $5::text[]) AS new (id, status, line, resident)
WHERE t.run_key = $1 AND t.submission_id = new.id
RETURNING t.submission_id, t.receipt_number, t.submitted_at_ms, t.stored_at_ms, t.method

-- name: add_history
INSERT INTO history (run_key, submission_id, at_ms, rank, n, payload)
SELECT $1, id, at, rank, n, payload
FROM unnest($2::text[], $3::bigint[], $4::smallint[], $5::smallint[], $6::bytea[]) AS new (id, at, rank, n, payload)
ON CONFLICT DO NOTHING

-- name: hold
INSERT INTO held_status (run_key, at_ms, submission_id, rank, n, receipt_number, payload)
SELECT $1, at, id, rank, n, receipt, payload
FROM unnest($2::bigint[], $3::text[], $4::smallint[], $5::smallint[], $6::text[], $7::bytea[])
     AS new (at, id, rank, n, receipt, payload)
ON CONFLICT DO NOTHING

-- name: take_held
DELETE FROM held_status WHERE run_key = $1 AND at_ms < $2
RETURNING submission_id, receipt_number, payload

-- name: raise_tracking
UPDATE run_tracking SET watermark_ms = $2 WHERE run_key = $1 AND watermark_ms < $2 RETURNING run_key

-- name: case_by_receipt
SELECT a.run_key, a.submission_id, a.payload, t.status, t.method, t.resident_number, t.stored_at_ms
FROM application a JOIN tracked_case t ON t.run_key = a.run_key AND t.submission_id = a.submission_id
WHERE a.receipt_number = $1
ORDER BY a.run_key DESC LIMIT 1

-- name: case_history
SELECT payload FROM history WHERE run_key = $1 AND submission_id = $2 ORDER BY at_ms, rank, n

-- name: cases_by_id
SELECT a.submission_id, a.payload, t.status, t.method, t.resident_number, t.stored_at_ms
FROM application a JOIN tracked_case t ON t.run_key = a.run_key AND t.submission_id = a.submission_id
WHERE a.run_key = $1 AND a.submission_id = ANY($2::text[])

-- name: case_page
SELECT t.submission_id, a.payload, t.status, t.method, t.resident_number, t.stored_at_ms
FROM tracked_case t JOIN application a ON a.run_key = t.run_key AND a.submission_id = t.submission_id
WHERE t.run_key = $1 AND (t.stored_at_ms, t.submission_id) > ($2, $3)
  AND ($4::text IS NULL OR t.status = $4)
  AND ($5::text IS NULL OR t.method = $5)
  AND ($6::smallint = 0 OR t.procedure = $6)
ORDER BY t.stored_at_ms, t.submission_id
LIMIT $7

-- name: stage_watermark
SELECT polled_until_ms FROM run_intake WHERE run_key = $1

-- name: stage_known
SELECT count(*) AS known, coalesce(bit_xor(hashtextextended(submission_id, 0)), 0) AS fingerprint
FROM application WHERE run_key = $1 AND submitted_at_ms < $2

-- name: stage_lines
SELECT coalesce(ledger_line, 'in_flight') AS ledger_line, method, count(*) AS count
FROM tracked_case WHERE run_key = $1 AND submitted_at_ms < $2
GROUP BY 1, method

-- name: stage_ids
SELECT submission_id FROM application
WHERE run_key = $1 AND submitted_at_ms < $2 AND submission_id > $3
ORDER BY submission_id LIMIT $4

-- name: stage_line_ids
SELECT submission_id FROM tracked_case
WHERE run_key = $1 AND submitted_at_ms < $2 AND submission_id > $3 AND ledger_line = $5
ORDER BY submission_id LIMIT $4

-- name: levels
SELECT coalesce(min(i.watermark_ms), 0) AS intake_ms, coalesce(min(t.watermark_ms), 0) AS tracking_ms,
       (SELECT count(*) FROM held_status) AS held
FROM run_intake i JOIN run_tracking t ON t.run_key = i.run_key WHERE NOT i.closed

-- name: postponed_levels
SELECT left(r.municipality, 2) AS prefecture, count(*) AS count, min(p.submitted_at_ms) AS oldest_ms
FROM postponed p JOIN run r ON r.key = p.run_key JOIN run_intake i ON i.run_key = r.key
WHERE NOT i.closed GROUP BY 1
