-- name: add_run
INSERT INTO run (run_id, municipality, partition, spec) VALUES ($1, $2, $3, $4)
ON CONFLICT (run_id, municipality) DO NOTHING RETURNING key;

-- name: find_run
SELECT key FROM run WHERE run_id = $1 AND municipality = $2;

-- name: add_run_poll
INSERT INTO run_poll (run_key, busy_until_ms) VALUES ($1, $2);

-- name: add_run_push
INSERT INTO run_push (run_key, status_ms, pushed_ms) VALUES ($1, $2, $2);

-- name: select_runs
SELECT r.key, r.run_id, r.municipality, r.partition, r.spec, r.finished,
       p.polled_ms, p.published_ms, p.working_ms, p.complete_ms, p.busy_until_ms, p.started,
       s.status_ms, s.number, s.pushed_ms, s.pushed_number
FROM run r JOIN run_poll p ON p.run_key = r.key JOIN run_push s ON s.run_key = r.key
WHERE $1::integer IS NULL OR r.key = $1
ORDER BY r.key;

-- name: select_changes
SELECT change FROM entry WHERE run_key = $1 AND receipt_number = 'change' ORDER BY n;

-- name: mark_started
UPDATE run_poll SET started = true WHERE run_key = $1 AND NOT started RETURNING run_key;

-- name: taken
SELECT e.receipt_number, e.n FROM entry e
JOIN unnest($2::text[], $3::integer[]) AS l(receipt_number, n) ON e.receipt_number = l.receipt_number AND e.n = l.n
WHERE e.run_key = $1;

-- name: commit_polls
WITH committed AS (
    UPDATE run_poll SET polled_ms = $3, working_ms = coalesce($4, working_ms), busy_until_ms = $5
    WHERE run_key = $1 AND polled_ms IS NOT DISTINCT FROM $2 RETURNING run_key
), added AS (
    INSERT INTO entry (run_key, receipt_number, n, stamp_ms, submission_id, poll_ms, fetched_ms, change)
    SELECT c.run_key, e.receipt_number, e.n, e.stamp_ms, e.submission_id, e.poll_ms, e.fetched_ms, e.change
    FROM committed c, unnest($6::text[], $7::integer[], $8::bigint[], $9::text[], $10::bigint[], $11::bigint[],
                             $12::bytea[])
        AS e (receipt_number, n, stamp_ms, submission_id, poll_ms, fetched_ms, change)
)
SELECT run_key FROM committed;

-- name: pass_polls_on
UPDATE run_poll SET polled_ms = $3, published_ms = $3, working_ms = coalesce($4, working_ms),
       complete_ms = coalesce($4, working_ms), busy_until_ms = $5
WHERE run_key = $1 AND polled_ms IS NOT DISTINCT FROM $2 AND published_ms IS NOT DISTINCT FROM $2
RETURNING working_ms;

-- name: unpublished
SELECT receipt_number, n, stamp_ms, submission_id, poll_ms, fetched_ms, change FROM entry
WHERE run_key = $1 AND poll_ms > $2 ORDER BY fetched_ms, n;

-- name: mark_published
UPDATE run_poll SET published_ms = $3, complete_ms = $4 WHERE run_key = $1 AND published_ms IS NOT DISTINCT FROM $2 RETURNING run_key;

-- name: mark_finished
UPDATE run SET finished = true WHERE key = $1 AND NOT finished RETURNING key;

-- name: buffer
-- Numbered behind the last one, whose row is locked by then.
WITH counted AS (
    UPDATE run_push SET number = number + $2, status_ms = greatest(status_ms, $3) WHERE run_key = $1
    RETURNING run_key, number
)
INSERT INTO status_buffer (run_key, number, first_ms, payload)
SELECT c.run_key, c.number - $2 + s.place, s.first_ms, s.payload
FROM counted c, unnest($4::bigint[], $5::bytea[]) WITH ORDINALITY AS s (first_ms, payload, place);

-- name: to_push
SELECT number, payload FROM status_buffer
WHERE run_key = $1 AND number < coalesce(
    (SELECT min(number) FROM status_buffer WHERE run_key = $1 AND first_ms >= $2), 9223372036854775807)
ORDER BY number LIMIT $3;

-- name: save_push
WITH forgotten AS (DELETE FROM status_buffer WHERE run_key = $1 AND number <= $3)
UPDATE run_push SET pushed_ms = greatest(pushed_ms, $2), pushed_number = $3 WHERE run_key = $1;

-- name: stage
SELECT count(*) AS known, coalesce(bit_xor(hashtextextended(submission_id, 0)), 0) AS fingerprint
FROM entry WHERE run_key = $1 AND change IS NULL AND n = 0 AND poll_ms <= $2 AND stamp_ms < $3;

-- name: stage_ids
SELECT submission_id FROM entry
WHERE run_key = $1 AND change IS NULL AND n = 0 AND poll_ms <= $2 AND stamp_ms < $3 AND submission_id > $4
ORDER BY submission_id LIMIT $5;

-- name: levels
SELECT coalesce(min(coalesce(p.published_ms, 0)), 0) AS published_ms, coalesce(min(s.pushed_ms), 0) AS pushed_ms,
       coalesce(sum(s.number - s.pushed_number), 0)::bigint AS waiting,
       count(CASE WHEN p.working_ms IS DISTINCT FROM p.polled_ms THEN 1 END) AS line_down
FROM run r JOIN run_poll p ON p.run_key = r.key JOIN run_push s ON s.run_key = r.key
WHERE NOT r.finished;
