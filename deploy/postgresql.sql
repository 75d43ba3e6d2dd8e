-- Two roles, two databases, one wall. Run once as superuser:  psql -f deploy/postgresql.sql
-- Then set HUYING_PUBLIC_DATABASE_URL and HUYING_SURVEY_DATABASE_URL, each with its own role, and run
-- `huying feedback upgrade` and `huying survey upgrade`.

CREATE ROLE huying_public LOGIN;
CREATE ROLE huying_survey LOGIN;

CREATE DATABASE huying_public OWNER huying_public;
CREATE DATABASE huying_survey OWNER huying_survey;

-- By default everybody may connect to every database. Here nobody may but its owner: the public side's role
-- can't open the database in which the household registry lies.
REVOKE CONNECT, TEMPORARY ON DATABASE huying_public FROM PUBLIC;
REVOKE CONNECT, TEMPORARY ON DATABASE huying_survey FROM PUBLIC;
