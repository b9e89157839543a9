-- One server here, but a database of its own for each service: none reads another's tables. Read by psql when the data
-- is made, and again whenever somebody asks whether the server is healthy: a first start that was interrupted is gone on
-- with.
SELECT 'CREATE DATABASE portal_sim' WHERE 'portal_sim' NOT IN (SELECT datname FROM pg_database) \gexec
SELECT 'CREATE DATABASE linkage_server' WHERE 'linkage_server' NOT IN (SELECT datname FROM pg_database) \gexec
SELECT 'CREATE DATABASE app_mgmt' WHERE 'app_mgmt' NOT IN (SELECT datname FROM pg_database) \gexec
SELECT 'CREATE DATABASE core_systems' WHERE 'core_systems' NOT IN (SELECT datname FROM pg_database) \gexec
