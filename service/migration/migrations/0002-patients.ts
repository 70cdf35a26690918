/** Patients, their records in every version, and the keys that keep a repeated request from creating twice. */
export const patients = `
SET LOCAL ROLE records_owner;

GRANT USAGE ON SCHEMA records TO records_service;

CREATE FUNCTION records.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% of % is never allowed', TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TABLE records.patients (
  id uuid PRIMARY KEY,
  version integer NOT NULL CONSTRAINT patients_version CHECK (version >= 1),
  medical_record_number text NOT NULL
    CONSTRAINT patients_medical_record_number_form CHECK (medical_record_number ~ '^[A-Z0-9][A-Z0-9-]{0,31}$')
    CONSTRAINT patients_medical_record_number_unique UNIQUE,
  family_name text NOT NULL
    CONSTRAINT patients_family_name CHECK (char_length(family_name) <= 100 AND family_name ~ '[^[:space:]]'),
  given_name text NOT NULL
    CONSTRAINT patients_given_name CHECK (char_length(given_name) <= 100 AND given_name ~ '[^[:space:]]'),
  birth_date date NOT NULL,
  sex text NOT NULL CONSTRAINT patients_sex CHECK (sex IN ('female', 'male', 'other', 'unknown')),
  phone text CONSTRAINT patients_phone CHECK (phone ~ '^\\+[1-9][0-9]{6,14}$'),
  email text CONSTRAINT patients_email CHECK (char_length(email) <= 254 AND email ~ '^[^@[:space:]]+@[^@[:space:]]+$'),
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL CONSTRAINT patients_updated_at CHECK (updated_at >= created_at),
  family_name_key text COLLATE "C" NOT NULL GENERATED ALWAYS AS (lower(family_name)) STORED
);
CREATE INDEX patients_by_family_name ON records.patients (family_name_key, id);
CREATE INDEX patients_by_birth_date ON records.patients (birth_date, family_name_key, id);
GRANT SELECT, INSERT, UPDATE ON records.patients TO records_service;

CREATE TABLE records.medical_records (
  id uuid PRIMARY KEY,
  patient_id uuid NOT NULL CONSTRAINT medical_records_patient REFERENCES records.patients,
  version integer NOT NULL CONSTRAINT medical_records_version CHECK (version >= 1),
  occurred_at timestamptz NOT NULL
);
COMMENT ON COLUMN records.medical_records.version IS 'the latest';
COMMENT ON COLUMN records.medical_records.occurred_at IS 'of the latest version';
CREATE INDEX medical_records_by_patient ON records.medical_records (patient_id, occurred_at DESC, id DESC);
GRANT SELECT, INSERT, UPDATE (version, occurred_at) ON records.medical_records TO records_service;

CREATE TABLE records.medical_record_versions (
  record_id uuid NOT NULL CONSTRAINT medical_record_versions_record REFERENCES records.medical_records,
  version integer NOT NULL CONSTRAINT medical_record_versions_version CHECK (version >= 1),
  kind text NOT NULL CONSTRAINT medical_record_versions_kind CHECK (
    kind IN ('allergy', 'consultation', 'diagnosis', 'immunization', 'observation', 'prescription', 'procedure')
  ),
  title text NOT NULL
    CONSTRAINT medical_record_versions_title CHECK (char_length(title) <= 200 AND title ~ '[^[:space:]]'),
  text text NOT NULL
    CONSTRAINT medical_record_versions_text CHECK (char_length(text) <= 20000 AND text ~ '[^[:space:]]'),
  occurred_at timestamptz NOT NULL,
  amendment_reason text CONSTRAINT medical_record_versions_amendment_reason CHECK (
    char_length(amendment_reason) <= 500 AND amendment_reason ~ '[^[:space:]]'
  ),
  recorded_by text NOT NULL,
  recorded_at timestamptz NOT NULL,
  PRIMARY KEY (record_id, version),
  CONSTRAINT medical_record_versions_amended CHECK ((version = 1) = (amendment_reason IS NULL))
);
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON records.medical_record_versions
  EXECUTE FUNCTION records.refuse_change();
GRANT SELECT, INSERT ON records.medical_record_versions TO records_service;

CREATE TABLE records.idempotency_keys (
  user_id text NOT NULL,
  operation text NOT NULL,
  key uuid NOT NULL,
  request_hash bytea NOT NULL,
  response json,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (user_id, operation, key)
);
CREATE INDEX idempotency_keys_by_age ON records.idempotency_keys (created_at);
GRANT SELECT, INSERT, UPDATE (request_hash, response, created_at), DELETE ON records.idempotency_keys TO records_service;

RESET ROLE;
`;
