-- One side's database, in a PostgreSQL of its own: what the server counts tells when its side works.
-- Run once as superuser, in each of the two servers:
--
--   psql -v side=public -f deploy/postgresql.sql        psql -v side=survey -f deploy/postgresql.sql
--
-- Two roles: huying_<side>_owner owns the tables, and only `upgrade` uses it
-- (HUYING_<SIDE>_OWNER_DATABASE_URL); huying_<side> is the program's (HUYING_<SIDE>_DATABASE_URL). It reads
-- and adds rows. Which rows it may change or remove is listed, table by table, in <package>/models/grants.py
-- and granted by `huying <package> upgrade`; it can't alter a table, disable a trigger or grant anything.

\set ON_ERROR_STOP on
\set owner huying_ :side _owner
\set program huying_ :side

CREATE ROLE :"owner" LOGIN;
CREATE ROLE :"program" LOGIN;
CREATE DATABASE :"program" OWNER :"owner";

-- By default everybody may connect to every database. Here nobody may but these two.
REVOKE CONNECT, TEMPORARY ON DATABASE :"program", postgres, template1 FROM PUBLIC;
GRANT CONNECT ON DATABASE :"program" TO :"program";

\connect :"program"
ALTER SCHEMA public OWNER TO :"owner";
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO :"program";
