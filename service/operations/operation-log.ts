/** Where operations write what they did; Powertools' logger is one. */
export interface OperationLog {
  info(message: string, details: Record<string, unknown>): void;
  error(message: string, details: Record<string, unknown>): void;
}
