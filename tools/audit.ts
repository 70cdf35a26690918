/** `npm run audit`: known vulnerabilities in the packages that npm installs here. The local AWS's Python packages, which no user ever runs on AWS, are not looked at. */
import { spawnSync } from "node:child_process";
import { join, relative } from "node:path";
import { readAudit } from "./audit-report";
import { runCommand, UserError } from "./cli";
import { repository } from "./paths";

/** Folders with a package-lock.json of their own. */
const folders = [repository, join(repository, "tools/servers/packages")];

/** Exit code for "could not be asked", which is neither a pass nor a finding. */
const unavailable = 3;

runCommand(async () => {
  const failures: string[] = [];
  for (const folder of folders) {
    const lock = join(relative(repository, folder), "package-lock.json");
    console.log(`Auditing ${lock} …`);
    const { stdout } = spawnSync("npm", ["audit", "--package-lock-only", "--json"], { cwd: folder, encoding: "utf8" });
    const audit = readAudit(stdout);
    switch (audit.outcome) {
      case "clean":
        console.log(`${lock}: no high finding.`);
        break;
      case "vulnerable":
        failures.push(`High findings in ${lock}:\n  ${audit.findings.join("\n  ")}`);
        break;
      case "unavailable":
        console.error(`${lock} was not audited: ${audit.reason}`);
        process.exitCode = unavailable;
        break;
      case "failed":
        failures.push(
          `${lock} was not audited: ${audit.reason}\nCheck the network, and npm's registry (npm config get registry), and run the same command again.`,
        );
    }
  }
  if (failures.length > 0) throw new UserError(failures.join("\n"));
  return Promise.resolve();
});
