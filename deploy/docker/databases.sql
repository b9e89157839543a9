-- One server here, but a database of its own for each service: none reads another's tables.
CREATE DATABASE portal_sim;
CREATE DATABASE linkage_server;
CREATE DATABASE app_mgmt;
CREATE DATABASE core_systems;
