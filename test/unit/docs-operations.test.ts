import { readFileSync } from "node:fs";
import { join } from "node:path";
import { alarmGroups, alarms } from "../../lib/alarms";
import { settings } from "../../lib/config";
import { environment, watched } from "./fixtures";

const runbook = readFileSync(join(__dirname, "../../docs/operations.md"), "utf8");

/** A section by its heading of the third level. */
const sections = new Map(
  runbook
    .split(/^### /m)
    .slice(1)
    .map((section) => {
      const [heading = "", ...lines] = section.split("\n");
      return [heading, lines.join("\n").split(/^## /m)[0] ?? ""] as const;
    }),
);

const names = alarms({ ...environment, ...watched, auditTrail: true }).map(({ type }) => type);

describe("the runbook", () => {
  it("says of each alarm, and of nothing else, what it means, where to look first, and what helps", () => {
    const explained = [...sections].filter(([, text]) => text.includes("**Means**"));
    expect(explained.map(([heading]) => heading).sort()).toEqual([...names].sort());
    for (const [heading, text] of explained) {
      expect([heading, text.includes("**First look**"), /\*\*[Rr]emedy\*\*/.test(text)]).toEqual([heading, true, true]);
    }
  });

  it("says of each page what it means", () => {
    const rows = runbook.match(/^\| `page-\w+`/gm)?.map((row) => row.slice(3, -1));
    expect(rows).toEqual(alarmGroups.map((group) => `page-${group}`));
  });

  it("speaks of configuration that there is", () => {
    const keys = runbook.match(/`[a-z]+[A-Z]\w+(?=[`:])/g)?.map((key) => key.slice(1)) ?? [];
    const others = [
      "requestId",
      "integrationRequestId",
      "sourceIp",
      "clientId",
      "errorType",
      "terminatingRuleId",
      "eventName",
      "dashboardUrl",
      "databaseEndpoint",
      "databaseSecretArn",
      "durationMs",
      "finishSecret",
    ];
    expect(keys.length).toBeGreaterThan(20);
    expect(keys.filter((key) => !(key in settings) && !others.includes(key))).toEqual([]);
  });
});
