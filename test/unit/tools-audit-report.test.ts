import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readAudit } from "../../tools/audit-report";
import { repository } from "../../tools/paths";

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
    expect(readAudit(failure(status, "request failed"))).toEqual({ outcome: "failed", reason: "request failed" });
  });

  it.each([
    ["", "npm's answer is no JSON: it is empty"],
    ["<html>", "npm's answer is no JSON: <html>"],
    ['{"error":{"code":"ENOLOCK"}}', '{"error":{"code":"ENOLOCK"}}'],
  ])("is a failure where it is no report, but %j", (answer, reason) => {
    expect(readAudit(answer)).toEqual({ outcome: "failed", reason });
  });
});

describe("npm run audit", () => {
  const [root, servers] = ["package-lock.json", "tools/servers/packages/package-lock.json"];
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "tap-audit-"));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** Runs it with a program in place of npm that answers so, one folder after the other. */
  function run(...answers: [string, string]) {
    for (const [index, answer] of answers.entries()) writeFileSync(join(folder, String(index)), answer);
    const npm = `#!/bin/sh\ncase $PWD in */servers/packages) cat "${folder}/1" ;; *) cat "${folder}/0" ;; esac\n`;
    writeFileSync(join(folder, "npm"), npm, { mode: 0o755 });
    const { status, stderr, stdout } = spawnSync(process.execPath, ["--import", "tsx", "tools/audit.ts"], {
      cwd: repository,
      encoding: "utf8",
      env: { PATH: `${folder}:${process.env.PATH ?? ""}` },
    });
    return { status, printed: stdout.trim().split("\n"), said: stderr.trim().split("\n") };
  }

  it("looks at every lock file before it fails, and says at which it is", () => {
    expect(run(report("high"), failure(undefined, "connect ECONNREFUSED"))).toEqual({
      status: 1,
      printed: [`Auditing ${root} …`, `Auditing ${servers} …`],
      said: [
        `High findings in ${root}:`,
        "  package-0 <2.0.0, high: other; Reads any file (https://advisories.example/1)",
        `${servers} was not audited: connect ECONNREFUSED`,
        "Check the network, and npm's registry (npm config get registry), and run the same command again.",
      ],
    });
  }, 30_000);

  it("ends with 3 where one could not be asked about, and with 1 where the other has a finding", () => {
    const reason = "the registry has no audit endpoint (405)";
    expect(run(failure(405, "No"), report())).toEqual({
      status: 3,
      printed: [`Auditing ${root} …`, `Auditing ${servers} …`, `${servers}: no high finding.`],
      said: [`${root} was not audited: ${reason}`],
    });
    expect(run(failure(405, "No"), report("critical")).status).toBe(1);
  }, 30_000);
});
