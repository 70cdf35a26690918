import { readAudit } from "../../tools/audit-report";

const report = (...severities: string[]) =>
  JSON.stringify({
    auditReportVersion: 2,
    vulnerabilities: Object.fromEntries(
      severities.map((severity, index) => [
        `package-${index}`,
        {
          name: `package-${index}`,
          severity,
          range: "<2.0.0",
          via: ["other", { title: "Reads any file", url: "https://advisories.example/1" }],
        },
      ]),
    ),
  });

const failure = (statusCode: number | undefined, message: string) => JSON.stringify({ statusCode, message, error: {} });

describe("what npm audit answers", () => {
  it.each([[[]], [["info", "low", "moderate"]]])("is clean with findings %j", (severities) => {
    expect(readAudit(report(...severities))).toEqual({ outcome: "clean" });
  });

  it("names what has a high or critical finding, and why", () => {
    const why = "other; Reads any file (https://advisories.example/1)";
    expect(readAudit(report("low", "high", "critical"))).toEqual({
      outcome: "vulnerable",
      findings: [`package-1 <2.0.0, high: ${why}`, `package-2 <2.0.0, critical: ${why}`],
    });
  });

  it.each([404, 405])("is unavailable where the registry answers %i", (status) => {
    expect(readAudit(failure(status, `${status} No`))).toEqual({
      outcome: "unavailable",
      reason: `the registry has no audit endpoint (${status})`,
    });
  });

  it.each([401, 429, 500, undefined])("is a failure, and not unavailable, where npm fails with %p", (status) => {
    expect(() => readAudit(failure(status, "request failed"))).toThrow("npm audit failed: request failed");
  });

  it("is a failure where it is no report", () => {
    expect(() => readAudit("")).toThrow();
  });
});
