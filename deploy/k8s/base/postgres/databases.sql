-- A role and a database for each service whose password is among the files in $PASSWORDS, as SERVICE_database: the role
-- owns its database and enters no other, as in the local stack (src/shinsei/stack/postgres_roles.py).
--
-- Read by psql when the data is made, and again whenever somebody asks whether the server is healthy: a first start that
-- was interrupted is gone on with. What is there already is left as it is.
\getenv passwords PASSWORDS
-- What fails is not to be in the log, with the password in it.
SET log_min_error_statement = panic;
SELECT
    CASE WHEN role.oid IS NULL AND password <> '' THEN format('CREATE ROLE %I LOGIN PASSWORD %L', name, password) END,
    CASE WHEN own.oid IS NULL THEN format('CREATE DATABASE %I OWNER %I', name, name) END,
    CASE WHEN own.oid IS NULL OR has_database_privilege('public', own.oid, 'CONNECT, TEMPORARY')
        THEN format('REVOKE ALL ON DATABASE %I FROM PUBLIC', name) END
FROM pg_ls_dir(:'passwords') AS file
    CROSS JOIN LATERAL (SELECT left(file, -length('_database')) AS name,
        btrim(pg_read_file(:'passwords' || '/' || file), E' \r\n') AS password) AS service
    LEFT JOIN pg_roles AS role ON rolname = name
    LEFT JOIN pg_database AS own ON datname = name
WHERE file LIKE '%\_database'
ORDER BY name
\gexec
SELECT 'REVOKE ALL ON DATABASE postgres FROM PUBLIC' WHERE has_database_privilege('public', 'postgres', 'CONNECT, TEMPORARY')
\gexec
