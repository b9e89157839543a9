-- The statements of the core systems. $1 is the run's key wherever a run is meant.

-- name: one_moment
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY

-- name: find_run
SELECT key, spec FROM run WHERE run_id = $1 AND municipality = $2

-- name: run_state
SELECT closed, number, watermark_ms FROM run WHERE key = $1

-- name: open_run
INSERT INTO run (run_id, municipality, spec) VALUES ($1, $2, $3) RETURNING key

-- name: progress
UPDATE run
SET number = $2,
    watermark_ms = greatest(watermark_ms, $3),
    accepted_before_ms = greatest(accepted_before_ms, $4),
    closed = closed OR $5
WHERE key = $1

-- name: journal_cases
SELECT submission_id, receipt_number, procedure, method, resident_number, identified, submitted_at_ms, opened_at_ms,
       taken_as
FROM opened_case WHERE run_key = $1

-- name: journal_reactions
SELECT submission_id, kind, n, filed_at_ms, fetched_at_ms FROM reaction WHERE run_key = $1

-- name: add_reactions
INSERT INTO reaction (run_key, submission_id, kind, n, filed_at_ms, fetched_at_ms)
SELECT $1, id, kind, n, filed, fetched
FROM unnest($2::text[], $3::text[], $4::integer[], $5::bigint[], $6::bigint[]) AS new (id, kind, n, filed, fetched)

-- name: journal_changes
SELECT change FROM office_change WHERE run_key = $1 ORDER BY number

-- name: open_cases
INSERT INTO opened_case (run_key, submission_id, receipt_number, procedure, method, resident_number, identified,
                         submitted_at_ms, opened_at_ms, fields, taken_as)
SELECT $1, id, receipt, procedure, method, resident, identified, submitted, opened, fields, taken_as
FROM unnest($2::text[], $3::text[], $4::smallint[], $5::text[], $6::text[], $7::boolean[], $8::bigint[], $9::bigint[],
            $10::jsonb[], $11::text[])
     AS new (id, receipt, procedure, method, resident, identified, submitted, opened, fields, taken_as)

-- name: add_changes
INSERT INTO office_change (run_key, number, change)
SELECT $1, number, change FROM unnest($2::bigint[], $3::bytea[]) AS new (number, change)

-- name: dead_cases
INSERT INTO dead_case (run_key, submission_id) SELECT $1, id FROM unnest($2::text[]) AS new (id)
ON CONFLICT DO NOTHING

-- name: register
INSERT INTO registration (receipt_number, run_key, submission_id, core_system, procedure, resident_number, method,
                          registered_at_ms, fields, batch_id)
SELECT c.receipt_number, $1, c.submission_id, new.core_system, c.procedure,
       CASE WHEN c.identified OR c.method = 'ONE_STOP_SERVICE' THEN c.resident_number ELSE new.resident END,
       new.method, new.registered, coalesce(new.fields, c.fields), new.batch_id
FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::jsonb[], $8::text[])
         AS new (id, core_system, resident, method, registered, fields, batch_id)
     JOIN opened_case c ON c.run_key = $1 AND c.submission_id = new.id
ON CONFLICT (receipt_number) DO NOTHING

-- name: registration
SELECT receipt_number, submission_id, core_system, resident_number, method, registered_at_ms, fields, batch_id
FROM registration WHERE receipt_number = $1

-- name: mappings
SELECT serial_number, resident_number, valid_from_ms, valid_until_ms FROM serial_mapping
WHERE run_key = $1 AND valid_from_ms <= $2 AND (valid_from_ms, serial_number) > ($3, $4)
ORDER BY valid_from_ms, serial_number LIMIT $5

-- name: stage_watermark
SELECT accepted_before_ms FROM run WHERE key = $1

-- name: stage_known
SELECT count(*) AS known, coalesce(bit_xor(hashtextextended(submission_id, 0)), 0) AS fingerprint
FROM (
    SELECT submission_id FROM opened_case WHERE run_key = $1 AND submitted_at_ms < $2
    UNION
    SELECT submission_id FROM dead_case WHERE run_key = $1
) AS stage

-- name: stage_registered
SELECT c.method, count(*) AS count
FROM opened_case c JOIN registration r ON r.run_key = c.run_key AND r.submission_id = c.submission_id
WHERE c.run_key = $1 AND c.submitted_at_ms < $2
GROUP BY c.method

-- name: stage_dead
SELECT count(*) FROM dead_case WHERE run_key = $1

-- name: stage_ids
SELECT submission_id FROM (
    SELECT submission_id FROM opened_case WHERE run_key = $1 AND submitted_at_ms < $2
    UNION
    SELECT submission_id FROM dead_case WHERE run_key = $1
) AS stage
WHERE submission_id > $3 ORDER BY submission_id LIMIT $4
