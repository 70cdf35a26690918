/**
 * Who may log in, and as whom. The migrating user is RDS's master, which may create roles but is no superuser.
 *
 * - `records_owner` owns the schema; nobody logs in as it.
 * - `records_service` holds what the service may do; its users alternate at each rotation of their password.
 * - `analytics` logs in by IAM (Amazon RDS user guide, "IAM database authentication for PostgreSQL").
 */
export const roles = `
DO $$
DECLARE
  role text;
BEGIN
  FOREACH role IN ARRAY ARRAY['records_owner', 'records_service'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
      EXECUTE format('CREATE ROLE %I NOLOGIN', role);
    END IF;
  END LOOP;
  FOREACH role IN ARRAY ARRAY['records_service_1', 'records_service_2', 'analytics'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
      EXECUTE format('CREATE ROLE %I LOGIN', role);
    END IF;
    EXECUTE format('ALTER ROLE %I SET statement_timeout = %L', role, CASE role WHEN 'analytics' THEN '5min' ELSE '5s' END);
    EXECUTE format('ALTER ROLE %I SET idle_in_transaction_session_timeout = %L', role, '5s');
    EXECUTE format('ALTER ROLE %I SET lock_timeout = %L', role, '2s');
  END LOOP;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'rds_iam') THEN
    GRANT rds_iam TO analytics;
  END IF;
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO records_service, analytics', current_database());
END
$$;

GRANT records_service TO records_service_1, records_service_2;
GRANT records_owner TO CURRENT_USER;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
CREATE SCHEMA records AUTHORIZATION records_owner;
`;
