/**
 * The audit trail (45 CFR 164.312(b)): each entry carries the hash of the one before. The service can append by the one
 * function only; nobody can change or delete an entry while the triggers stand, and the chain shows what was done
 * without them. Sequences have no gaps, as the head is locked until the appending transaction ends.
 *
 * What is hashed is the previous hash and the text of a JSON array; `service/audit-chain.ts` computes the same.
 *
 * Entries that come from the audit log bring the `id` and the `occurredAt` of their line; one whose id is in the chain
 * already is skipped. How far the audit log has been read stands in `audit_delivery`, and which of its lines could not
 * become entries, by the id that the log gave them, in `audit_malformed_lines`.
 */
export const audit = `
SET LOCAL ROLE records_owner;

CREATE TABLE records.audit_entries (
  sequence bigint PRIMARY KEY CONSTRAINT audit_entries_sequence CHECK (sequence >= 1),
  id uuid NOT NULL CONSTRAINT audit_entries_id UNIQUE,
  occurred_at timestamptz NOT NULL,
  user_id text,
  action text NOT NULL,
  patient_id uuid,
  record_id uuid,
  version integer,
  outcome text NOT NULL CONSTRAINT audit_entries_outcome CHECK (outcome IN ('allowed', 'refused')),
  request_id text NOT NULL,
  source_address text NOT NULL,
  previous_hash bytea NOT NULL,
  hash bytea NOT NULL
);
CREATE INDEX audit_entries_by_patient ON records.audit_entries (patient_id, sequence DESC);

CREATE TABLE records.audit_head (
  singleton boolean PRIMARY KEY DEFAULT true CONSTRAINT audit_head_singleton CHECK (singleton),
  sequence bigint NOT NULL,
  hash bytea NOT NULL
);
INSERT INTO records.audit_head (sequence, hash) VALUES (0, decode(repeat('00', 32), 'hex'));

CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON records.audit_entries
  EXECUTE FUNCTION records.refuse_change();
CREATE TRIGGER refuse_change BEFORE DELETE OR TRUNCATE ON records.audit_head
  EXECUTE FUNCTION records.refuse_change();

CREATE FUNCTION records.append_audit(entries jsonb)
  RETURNS SETOF records.audit_entries
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  head records.audit_head;
  entry jsonb;
  appended records.audit_entries;
BEGIN
  SELECT * INTO STRICT head FROM records.audit_head FOR UPDATE;
  FOR entry IN SELECT value FROM jsonb_array_elements(entries) LOOP
    appended.id := coalesce((entry ->> 'id')::uuid, gen_random_uuid());
    CONTINUE WHEN EXISTS (SELECT FROM records.audit_entries WHERE audit_entries.id = appended.id);
    appended.sequence := head.sequence + 1;
    appended.occurred_at := date_trunc('milliseconds', coalesce((entry ->> 'occurredAt')::timestamptz, clock_timestamp()));
    appended.user_id := entry ->> 'userId';
    appended.action := entry ->> 'action';
    appended.patient_id := entry ->> 'patientId';
    appended.record_id := entry ->> 'recordId';
    appended.version := entry ->> 'version';
    appended.outcome := entry ->> 'outcome';
    appended.request_id := entry ->> 'requestId';
    appended.source_address := entry ->> 'sourceAddress';
    appended.previous_hash := head.hash;
    appended.hash := sha256(head.hash || convert_to(
      jsonb_build_array(
        appended.sequence::text,
        appended.id,
        to_char(appended.occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
        appended.user_id,
        appended.action,
        appended.patient_id,
        appended.record_id,
        appended.version,
        appended.outcome,
        appended.request_id,
        appended.source_address
      )::text,
      'UTF8'
    ));
    INSERT INTO records.audit_entries SELECT appended.*;
    head.sequence := appended.sequence;
    head.hash := appended.hash;
    RETURN NEXT appended;
  END LOOP;
  UPDATE records.audit_head SET sequence = head.sequence, hash = head.hash;
END
$$;
REVOKE ALL ON FUNCTION records.append_audit FROM PUBLIC;
GRANT EXECUTE ON FUNCTION records.append_audit TO records_service;
GRANT SELECT ON records.audit_entries, records.audit_head TO records_service;

CREATE TABLE records.audit_delivery (
  singleton boolean PRIMARY KEY DEFAULT true CONSTRAINT audit_delivery_singleton CHECK (singleton),
  up_to timestamptz NOT NULL
);
-- Before this, nobody could be served.
INSERT INTO records.audit_delivery (up_to) VALUES (now() - interval '1 day');
GRANT SELECT, UPDATE (up_to) ON records.audit_delivery TO records_service;

CREATE TABLE records.audit_malformed_lines (
  event_id text PRIMARY KEY,
  logged_at timestamptz NOT NULL
);
GRANT SELECT, INSERT ON records.audit_malformed_lines TO records_service;

RESET ROLE;
`;
