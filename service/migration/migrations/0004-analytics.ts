/** What analytics may see: no names, numbers, days or texts (45 CFR 164.502(b), minimum necessary). */
export const analytics = `
CREATE SCHEMA analytics AUTHORIZATION records_owner;
SET LOCAL ROLE records_owner;

CREATE VIEW analytics.events WITH (security_barrier) AS
  SELECT
    versions.kind,
    extract(year FROM records.occurred_at AT TIME ZONE 'UTC')::integer AS year,
    patients.sex,
    least(90, extract(year FROM age(records.occurred_at AT TIME ZONE 'UTC', patients.birth_date))::integer / 10 * 10) AS age_from
  FROM records.medical_records AS records
  JOIN records.medical_record_versions AS versions ON versions.record_id = records.id AND versions.version = records.version
  JOIN records.patients AS patients ON patients.id = records.patient_id;
COMMENT ON COLUMN analytics.events.age_from IS 'decade of life in years; 90 stands for all from there on (45 CFR 164.514(b)(2)(i)(C))';
GRANT USAGE ON SCHEMA analytics TO analytics;
GRANT SELECT ON analytics.events TO analytics;

RESET ROLE;
`;
