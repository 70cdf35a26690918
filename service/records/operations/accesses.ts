import { Problem } from "../problems";
import type { AuditTrail } from "../store/audit-trail";
import type { Patients } from "../store/patients";
import { type Operation, pageRequest, parameter } from "./operation";

export const accessOperations = (audit: AuditTrail, patients: Patients) =>
  ({
    listAccesses: {
      run: async (call) => {
        const patientId = parameter(call, "patientId");
        if (!(await patients.find(patientId))) throw new Problem(404, "There is no such patient.");
        const page = await audit.list(patientId, pageRequest(call));
        return { status: 200, body: page, accessed: [{ patientId, outcome: "allowed" }] };
      },
    },
  }) satisfies Record<string, Operation>;
