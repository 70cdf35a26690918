/** Where functions write what they did; Powertools' logger is one. No message or detail tells of a patient or holds a secret. */
export interface Log {
  info(message: string, details: Record<string, unknown>): void;
  warn(message: string, details: Record<string, unknown>): void;
  error(message: string, details: Record<string, unknown>): void;
}
