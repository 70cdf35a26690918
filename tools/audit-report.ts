/** What `npm audit --json` found, or why it could not ask. */
export type Audit =
  | { outcome: "clean" }
  /** Packages with a finding of severity high or critical, each with what is wrong. */
  | { outcome: "vulnerable"; findings: string[] }
  /** The registry does not know the question; a mirror often does not. */
  | { outcome: "unavailable"; reason: string };

interface Vulnerability {
  name: string;
  severity: string;
  range: string;
  /** Advisories, or names of the packages through which it is vulnerable. */
  via: (string | { title: string; url: string })[];
}

interface Report {
  vulnerabilities?: Record<string, Vulnerability>;
  statusCode?: number;
  message?: string;
}

/**
 * Reads the answer of `npm audit --json`.
 * @throws Error where npm failed in any other way than that the registry has no audit endpoint: unreachable, refused, unreadable.
 */
export function readAudit(json: string): Audit {
  const { vulnerabilities, statusCode, message } = JSON.parse(json) as Report;
  if (!vulnerabilities) {
    if (statusCode !== 404 && statusCode !== 405) throw new Error(`npm audit failed: ${message ?? json}`);
    return { outcome: "unavailable", reason: `the registry has no audit endpoint (${statusCode})` };
  }
  const findings = Object.values(vulnerabilities)
    .filter(({ severity }) => severity === "high" || severity === "critical")
    .map(({ name, severity, range, via }) => {
      const reasons = via.map((reason) => (typeof reason === "string" ? reason : `${reason.title} (${reason.url})`));
      return `${name} ${range}, ${severity}: ${reasons.join("; ")}`;
    });
  return findings.length === 0 ? { outcome: "clean" } : { outcome: "vulnerable", findings };
}
