import { notInFuture } from "../plausibility";
import { Problem } from "../problems";
import type { Lookup, ReadCache } from "../read-cache";
import type { MedicalRecord, MedicalRecords, RecordAmendment } from "../store/medical-records";
import { type Call, etag, ifVersion, type Operation, pageRequest, parameter } from "./operation";

const recordKey = (patientId: string, recordId: string) => `record:${patientId}:${recordId}`;

const shown = ({ id, patientId, version }: MedicalRecord) =>
  ({ patientId, recordId: id, version, outcome: "allowed" }) as const;

function details({ body }: Call) {
  const given = body as unknown as RecordAmendment;
  notInFuture(given, "occurredAt");
  return given;
}

const identifiers = (call: Call) => [parameter(call, "patientId"), parameter(call, "recordId")] as const;

export const medicalRecordOperations = (records: MedicalRecords, cache: ReadCache) =>
  ({
    listRecords: {
      run: async (call) => {
        const patientId = parameter(call, "patientId");
        const page = await records.list(patientId, pageRequest(call));
        if (!page) throw new Problem(404, "There is no such patient.");
        return {
          status: 200,
          body: page,
          accessed: page.items.length > 0 ? page.items.map(shown) : [{ patientId, outcome: "allowed" }],
        };
      },
    },
    createRecord: {
      run: async (call) => {
        const patientId = parameter(call, "patientId");
        const key = parameter(call, "Idempotency-Key");
        const { value, receipts } = await records.create(call.access, patientId, key, details(call));
        const headers = { Location: `/v1/patients/${patientId}/records/${value.id}`, ...etag(value.version) };
        return { status: 201, body: value, headers, receipts };
      },
    },
    getRecord: {
      // Earlier versions are rarely asked for.
      cacheKey: ({ patientId, recordId, version }) =>
        version === undefined ? recordKey(String(patientId), String(recordId)) : undefined,
      run: async (call) => {
        const [patientId, recordId] = identifiers(call);
        const version = call.parameters.version as number | undefined;
        const record = await cache.resolve(call.lookup as Lookup<MedicalRecord>, () =>
          records.find(patientId, recordId, version),
        );
        if (!record) throw new Problem(404, "There is no such record.");
        return { status: 200, body: record, headers: etag(record.version), accessed: [shown(record)] };
      },
    },
    amendRecord: {
      run: async (call) => {
        const [patientId, recordId] = identifiers(call);
        const { value, receipts } = await cache.write(recordKey(patientId, recordId), (beforeChange) =>
          records.amend(call.access, patientId, recordId, ifVersion(call), details(call), beforeChange),
        );
        return { status: 200, body: value, headers: etag(value.version), receipts };
      },
    },
  }) satisfies Record<string, Operation>;
