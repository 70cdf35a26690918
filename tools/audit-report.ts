/** What `npm audit --json` found, or why it could not ask. */
export type Audit =
  | { outcome: "clean" }
  /** Packages with a finding of severity high or critical, each with what is wrong. */
  | { outcome: "vulnerable"; findings: string[] }
  /** The registry does not know the question; a mirror often does not. */
  | { outcome: "unavailable"; reason: string }
  /** npm failed in any other way: the registry is unreachable, has refused, has answered something unreadable. */
  | { outcome: "failed"; reason: string };

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

/** Reads the answer of `npm audit --json`. */
export function readAudit(json: string): Audit {
  const { vulnerabilities, statusCode, message = json } = parse(json);
  if (!vulnerabilities) {
    if (statusCode !== 404 && statusCode !== 405) return { outcome: "failed", reason: message };
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

function parse(json: string): Report {
  try {
    return JSON.parse(json) as Report;
  } catch {
    return { message: `npm's answer is no JSON: ${json === "" ? "it is empty" : json}` };
  }
}
