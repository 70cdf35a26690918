import { notInFuture } from "../plausibility";
import { Problem } from "../problems";
import type { Lookup, ReadCache } from "../read-cache";
import type { Patient, PatientDetails, Patients, PatientSearch } from "../store/patients";
import { type Call, etag, ifVersion, type Operation, pageRequest, parameter } from "./operation";

const patientKey = (patientId: string) => `patient:${patientId}`;

const shown = ({ id, version }: Patient) => ({ patientId: id, version, outcome: "allowed" }) as const;

function details({ body }: Call): PatientDetails {
  const given = body as unknown as PatientDetails;
  notInFuture(given, "birthDate");
  return given;
}

export const patientOperations = (patients: Patients, cache: ReadCache) =>
  ({
    listPatients: {
      run: async (call) => {
        const page = await patients.list({ ...(call.parameters as Partial<PatientSearch>), ...pageRequest(call) });
        return {
          status: 200,
          body: page,
          accessed: page.items.length > 0 ? page.items.map(shown) : [{ outcome: "allowed" }],
        };
      },
    },
    createPatient: {
      run: async (call) => {
        const { value, receipts } = await patients.create(
          call.access,
          parameter(call, "Idempotency-Key"),
          details(call),
        );
        const headers = { Location: `/v1/patients/${value.id}`, ...etag(value.version) };
        return { status: 201, body: value, headers, receipts };
      },
    },
    getPatient: {
      cacheKey: ({ patientId }) => patientKey(String(patientId)),
      run: async (call) => {
        const id = parameter(call, "patientId");
        const patient = await cache.resolve(call.lookup as Lookup<Patient>, () => patients.find(id));
        if (!patient) throw new Problem(404, "There is no such patient.");
        return { status: 200, body: patient, headers: etag(patient.version), accessed: [shown(patient)] };
      },
    },
    updatePatient: {
      run: async (call) => {
        const id = parameter(call, "patientId");
        const { value, receipts } = await cache.write(patientKey(id), (beforeChange) =>
          patients.update(call.access, id, ifVersion(call), details(call), beforeChange),
        );
        return { status: 200, body: value, headers: etag(value.version), receipts };
      },
    },
  }) satisfies Record<string, Operation>;
