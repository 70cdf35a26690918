import type { APIGatewayProxyEvent, APIGatewayProxyResult } from "aws-lambda";
import type { OperationId } from "../contract";
import type { HealthChecks } from "./health";
import { jsonResponse, problemResponse } from "./responses";

export type Operation = (event: APIGatewayProxyEvent) => Promise<APIGatewayProxyResult>;

/** One for each operation of the contract. */
export type Operations = Readonly<Record<OperationId, Operation>>;

const notImplemented: Operation = (event) =>
  Promise.resolve(problemResponse(event, 501, "This operation is not implemented yet."));

export const createOperations = (health: HealthChecks): Operations => ({
  getHealth: async () => {
    const current = await health.current();
    return jsonResponse(current.status === "ok" ? 200 : 503, current);
  },
  openSession: notImplemented,
  getSession: notImplemented,
  endSession: notImplemented,
  listPatients: notImplemented,
  createPatient: notImplemented,
  getPatient: notImplemented,
  updatePatient: notImplemented,
  listRecords: notImplemented,
  createRecord: notImplemented,
  getRecord: notImplemented,
  amendRecord: notImplemented,
  listAccesses: notImplemented,
});
