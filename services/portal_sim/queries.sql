-- name: insert_run
INSERT INTO run (run_id, municipality, spec, frontier_ms, watermark_ms) VALUES ($1, $2, $3, $4, $4)
ON CONFLICT (run_id, municipality) DO NOTHING RETURNING key;

-- name: insert_intake
INSERT INTO run_intake (run_key) VALUES ($1);

-- name: insert_returned
INSERT INTO run_returned (run_key, returned_ms) VALUES ($1, $2);

-- name: insert_clock
INSERT INTO run_clock (run_key, anchor_real_ms, anchor_ms, speed, given_ms) VALUES ($1, $2, $3, $4, $3);

-- name: select_runs
SELECT r.key, r.run_id, r.municipality, r.spec, r.closed, r.frontier_ms, r.watermark_ms,
       c.anchor_real_ms, c.anchor_ms, c.speed, c.given_ms,
       i.accepted, i.late, b.returned_ms, b.number, b.registered, b.decided, b.ended
FROM run r JOIN run_intake i ON i.run_key = r.key JOIN run_returned b ON b.run_key = r.key
LEFT JOIN run_clock c ON c.run_key = r.key
ORDER BY r.key;

-- name: select_changes
SELECT run_key, change FROM control_change ORDER BY run_key, n;

-- name: commit_frontier
UPDATE run SET frontier_ms = greatest(frontier_ms, $2) WHERE key = $1 AND NOT closed RETURNING frontier_ms;

-- name: raise_watermark
UPDATE run SET watermark_ms = greatest(watermark_ms, $2) WHERE key = $1 AND NOT closed AND frontier_ms >= $2
RETURNING watermark_ms;

-- name: lock_run
SELECT closed, greatest(frontier_ms, watermark_ms) AS filed_ms,
       (SELECT count(*)::integer FROM control_change WHERE run_key = $1) AS changes
FROM run WHERE key = $1 FOR UPDATE;

-- name: select_change
SELECT change FROM control_change WHERE run_key = $1 AND change_id = $2;

-- name: insert_change
INSERT INTO control_change (run_key, n, change, change_id) VALUES ($1, $2, $3, nullif($4, ''));

-- name: insert_change_entry
INSERT INTO entry (run_key, receipt_number, n, stamp_ms, submission_id, files, size, change)
VALUES ($1, 'change', $2, $3, '', 0, 0, $4);

-- name: close_run
UPDATE run SET closed = true, watermark_ms = greatest(watermark_ms, $2) WHERE key = $1;

-- name: save_given
UPDATE run_clock SET given_ms = greatest(given_ms, $2) WHERE run_key = $1;

-- name: save_clock
UPDATE run_clock SET anchor_real_ms = $2, anchor_ms = $3, speed = $4 WHERE run_key = $1;

-- name: make_receipt_key
INSERT INTO receipt_key (key) VALUES ($1) ON CONFLICT DO NOTHING;

-- name: receipt_key
SELECT key FROM receipt_key;

-- name: next_receipt_block
SELECT nextval('receipt_ordinal') FROM generate_series(1, $1);

-- name: share_runs
SELECT key, closed, watermark_ms FROM run WHERE key = ANY($1::integer[]) ORDER BY key FOR SHARE;

-- name: store_applications
-- A transaction of one statement. What a run's row says is read behind its lock, which is held until the commit, and
-- whatever else is looked at stands in an index or is locked too; so it does not matter that all of it has one snapshot.
-- Rows are written and locked in one order for all transactions, so that no two wait for each other.
WITH held AS (
    SELECT key, closed, watermark_ms FROM run WHERE key = ANY($1::integer[]) ORDER BY key FOR SHARE
), stored AS (
    INSERT INTO application (receipt_number, run_key, submission_id, procedure, submitted_at_ms, files, size, payload)
    SELECT w.receipt_number, w.run_key, w.submission_id, w.procedure, greatest(w.at_ms, h.watermark_ms), w.files, w.size,
           w.payload
    FROM unnest($2::text[], $3::integer[], $4::text[], $5::smallint[], $6::bigint[], $7::integer[], $8::bigint[],
                $9::bytea[])
        WITH ORDINALITY AS w(receipt_number, run_key, submission_id, procedure, at_ms, files, size, payload, place)
    JOIN held h ON h.key = w.run_key WHERE NOT h.closed
    ORDER BY w.place
    ON CONFLICT (run_key, submission_id) DO NOTHING
    RETURNING receipt_number, run_key, submission_id, submitted_at_ms, files, size
), listed AS (
    INSERT INTO entry (run_key, receipt_number, n, stamp_ms, submission_id, files, size)
    SELECT run_key, receipt_number, 0, submitted_at_ms, submission_id, files, size FROM stored
), added AS (
    SELECT s.run_key, count(*) AS accepted, count(CASE WHEN s.submitted_at_ms > w.at_ms THEN 1 END) AS late
    FROM stored s JOIN unnest($2::text[], $6::bigint[]) AS w(receipt_number, at_ms)
      ON w.receipt_number = s.receipt_number
    GROUP BY s.run_key
), locked AS (
    SELECT i.run_key, a.accepted, a.late FROM run_intake i JOIN added a ON a.run_key = i.run_key
    ORDER BY i.run_key FOR UPDATE OF i
), counted AS (
    UPDATE run_intake i SET accepted = i.accepted + l.accepted, late = i.late + l.late
    FROM locked l WHERE i.run_key = l.run_key
)
SELECT receipt_number, submitted_at_ms FROM stored;

-- name: find_applications
SELECT a.run_key, a.submission_id, a.receipt_number, a.submitted_at_ms, a.payload
FROM application a JOIN unnest($1::integer[], $2::text[]) AS w(run_key, submission_id)
  ON a.run_key = w.run_key AND a.submission_id = w.submission_id;

-- name: list_entries
SELECT receipt_number, n, stamp_ms, submission_id, files, size, change
FROM entry WHERE run_key = $1 AND stamp_ms < $2 AND (stamp_ms, receipt_number, n) > ($3, $4, $5)
ORDER BY stamp_ms, receipt_number, n LIMIT $6;

-- name: has_entries
SELECT run_key FROM entry WHERE run_key = ANY($1::integer[]) GROUP BY run_key;

-- name: acknowledge
DELETE FROM entry e USING unnest($2::text[], $3::integer[]) AS d(receipt_number, n)
WHERE e.run_key = $1 AND e.receipt_number = d.receipt_number AND e.n = d.n;

-- name: get_payloads
SELECT a.run_key, a.receipt_number, a.submitted_at_ms, a.payload
FROM unnest($1::integer[], $2::text[]) AS w(run_key, receipt_number)
JOIN application a ON a.receipt_number = w.receipt_number AND a.run_key = w.run_key;

-- name: insert_reactions
WITH wanted AS (
    SELECT w.*, a.receipt_number
    FROM unnest($2::text[], $3::integer[], $4::bigint[]) AS w(submission_id, n, stamp_ms)
    JOIN application a ON a.run_key = $1 AND a.submission_id = w.submission_id
), filed AS (
    INSERT INTO reaction (run_key, submission_id, n, filed_at_ms)
    SELECT $1, submission_id, n, stamp_ms FROM wanted
    ON CONFLICT DO NOTHING RETURNING submission_id, n
), listed AS (
    INSERT INTO entry (run_key, receipt_number, n, stamp_ms, submission_id, files, size)
    SELECT $1, w.receipt_number, w.n, w.stamp_ms, w.submission_id, 0, 0
    FROM wanted w JOIN filed USING (submission_id, n)
)
SELECT submission_id, n FROM filed;

-- name: find_reactions
SELECT r.submission_id, r.n, r.filed_at_ms FROM reaction r
JOIN unnest($2::text[], $3::integer[]) AS w(submission_id, n) ON r.submission_id = w.submission_id AND r.n = w.n
WHERE r.run_key = $1;

-- name: revoked_certificates
SELECT c.run_key, c.serial_number, c.since_ms FROM revoked_certificate c JOIN run r ON r.key = c.run_key
WHERE NOT r.closed;

-- name: revoke_certificates
INSERT INTO revoked_certificate (run_key, serial_number, since_ms)
SELECT $1, * FROM unnest($2::text[], $3::bigint[])
ON CONFLICT (run_key, serial_number) DO UPDATE SET since_ms = least(revoked_certificate.since_ms, excluded.since_ms);

-- name: insert_corrections
INSERT INTO correction_request (run_key, submission_id, n, at_ms)
SELECT $1, * FROM unnest($2::text[], $3::integer[], $4::bigint[]) ON CONFLICT DO NOTHING;

-- name: list_corrections
SELECT submission_id, n, at_ms FROM correction_request WHERE run_key = $1 AND at_ms > $2
ORDER BY at_ms FETCH FIRST $3 ROWS WITH TIES;

-- name: lock_returned
SELECT returned_ms, number FROM run_returned WHERE run_key = $1 FOR UPDATE;

-- name: insert_updates
INSERT INTO status_update (run_key, number, submission_id, payload)
SELECT $1, * FROM unnest($2::bigint[], $3::text[], $4::bytea[]);

-- name: save_returned
UPDATE run_returned SET returned_ms = greatest(returned_ms, $2), number = $3, registered = registered + $4,
       decided = decided + $5, ended = ended + $6
WHERE run_key = $1 RETURNING returned_ms, number, registered, decided, ended;

-- name: find_case
SELECT run_key, receipt_number, submission_id, procedure, submitted_at_ms FROM application WHERE receipt_number = $1;

-- name: case_updates
SELECT payload FROM status_update WHERE run_key = $1 AND submission_id = $2 ORDER BY number;

-- name: trace_cases
SELECT submission_id, receipt_number, procedure, submitted_at_ms FROM application
WHERE run_key = $1 AND submission_id > $2 ORDER BY submission_id LIMIT $3;

-- name: trace_updates
SELECT submission_id, payload FROM status_update
WHERE run_key = $1 AND submission_id > $2 AND submission_id <= $3 ORDER BY submission_id, number;

-- name: stage
SELECT count(*) AS known, coalesce(bit_xor(hashtextextended(submission_id, 0)), 0) AS fingerprint
FROM application WHERE run_key = $1 AND submitted_at_ms < $2;

-- name: stage_ids
SELECT submission_id FROM application
WHERE run_key = $1 AND submitted_at_ms < $2 AND submission_id > $3 ORDER BY submission_id LIMIT $4;

-- name: uploaded
SELECT EXISTS (SELECT FROM application WHERE run_key = $1 AND submission_id = $2) AS filed,
       ARRAY(SELECT name FROM attachment WHERE complete AND run_key = $1 AND submission_id = $2) AS names;

-- name: begin_attachment
INSERT INTO attachment (run_key, submission_id, name, media_type, size, sha256) VALUES ($1, $2, $3, $4, 0, '')
RETURNING key;

-- name: add_chunk
INSERT INTO attachment_chunk (attachment_key, n, bytes) VALUES ($1, $2, $3);

-- name: drop_attachment
DELETE FROM attachment WHERE key = $1;

-- name: replace_attachment
DELETE FROM attachment WHERE complete AND (run_key, submission_id, name) = ($1, $2, $3);

-- name: complete_attachment
UPDATE attachment SET complete = true, size = $2, sha256 = $3 WHERE key = $1;

-- name: drop_incomplete
DELETE FROM attachment WHERE NOT complete;

-- name: find_attachments
SELECT run_key, submission_id, name, size, sha256 FROM attachment
WHERE complete AND (run_key, submission_id) IN (SELECT * FROM unnest($1::integer[], $2::text[]));

-- name: locate_attachment
SELECT t.key, r.municipality FROM application a JOIN run r ON r.key = a.run_key
JOIN attachment t ON t.run_key = a.run_key AND t.submission_id = a.submission_id AND t.complete
WHERE a.receipt_number = $1 AND t.name = $2;

-- name: read_chunk
SELECT bytes FROM attachment_chunk WHERE attachment_key = $1 AND n = $2;

-- name: waiting_entries
-- A reply or a withdrawal is no case of its own; a case is late from the moment at which filing has closed.
SELECT e.run_key, count(*) FILTER (WHERE e.n = 0) AS count,
       count(*) FILTER (WHERE e.n = 0 AND e.stamp_ms >= w.closes_ms) AS late, min(e.stamp_ms) AS oldest_ms
FROM entry e JOIN unnest($1::integer[], $2::bigint[]) AS w(run_key, closes_ms) ON w.run_key = e.run_key
WHERE e.change IS NULL GROUP BY e.run_key;
