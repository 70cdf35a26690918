import { Metrics } from "@aws-lambda-powertools/metrics";

/**
 * Metrics of a function, which CloudWatch takes from its log (CloudWatch user guide, "Embedded metric format"). None of
 * them tells of a patient.
 *
 * @param environment its suffix
 */
export const functionMetrics = (serviceName: string, environment: string) =>
  new Metrics({ namespace: "tap", serviceName, defaultDimensions: { environment } });
