/** CloudWatch Logs Insights queries over the audit log, by name. What stands in <> is for the reader to fill in. */
export const auditQueries = {
  "who-saw-a-patient": lines(
    'filter patientId = "<patient id>"',
    "fields occurredAt, userId, action, recordId, version, outcome, sourceAddress, requestId",
    "sort occurredAt desc",
  ),
  "what-a-user-did": lines(
    'filter userId = "<user id>"',
    "fields occurredAt, action, patientId, recordId, version, outcome, sourceAddress, requestId",
    "sort occurredAt desc",
  ),
  "refused-accesses": lines(
    'filter outcome = "refused"',
    "stats count(*) as refusals, count_distinct(patientId) as patients by userId, action, sourceAddress",
    "sort refusals desc",
  ),
  "patients-per-user-and-hour": lines(
    'filter outcome = "allowed" and ispresent(patientId)',
    "stats count_distinct(patientId) as patients, count(*) as accesses by userId, bin(1h) as hour",
    "sort patients desc",
  ),
  "addresses-of-a-user": lines(
    'filter userId = "<user id>"',
    "stats count(*) as accesses, min(occurredAt) as first, max(occurredAt) as last by sourceAddress",
    "sort accesses desc",
  ),
  changes: lines(
    "filter ispresent(sequence) and ispresent(version)",
    "fields occurredAt, userId, action, patientId, recordId, version, sequence, hash",
    "sort occurredAt desc",
  ),
} as const;

function lines(...commands: string[]): string {
  return commands.join("\n| ");
}
