import { spawnSync } from "node:child_process";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import packageJson from "../../package.json";
import { repository } from "../../tools/paths";

/** Milliseconds; the scanner takes a second or two to start. */
jest.setTimeout(30_000);

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tap-secrets-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Scans the folder as `npm run lint:secrets` does the repository. */
function scan(): { status: number | null; output: string } {
  const options = ["--secretlintrc", join(repository, ".secretlintrc.json"), "--no-color", "**/*"];
  const { status, stdout, stderr } = spawnSync(join(repository, "node_modules/.bin/secretlint"), options, {
    cwd: folder,
    encoding: "utf8",
  });
  return { status, output: stdout + stderr };
}

it("is what the script runs", () => {
  expect(packageJson.scripts["lint:secrets"]).toBe('secretlint --secretlintignore .gitignore "**/*"');
});

// Made here, as the scanner would find them in this file.
const accessKey = `AKIA${randomBytes(8).toString("hex").toUpperCase()}`;
const secretKey = randomBytes(60)
  .toString("base64")
  .replace(/[^A-Za-z0-9]/g, "")
  .padEnd(40, "a")
  .slice(0, 40);
const password = randomBytes(12).toString("hex");
const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});

it.each([
  ["an access key of AWS", ".env", `AWS_ACCESS_KEY_ID=${accessKey}`, accessKey, "AWSAccessKeyID"],
  ["a secret key of AWS", "a.ts", `const aws_secret_access_key = "${secretKey}";`, secretKey, "AWSSecretAccessKey"],
  ["a private key", "server.pem", privateKey, privateKey.slice(100, 140), "PrivateKey"],
  [
    "a password in a URL",
    "b.md",
    `postgres://records:${password}@db.internal:5432/records`,
    password,
    "PostgreSQLConnection",
  ],
])("finds %s, and does not print it", (_, file, text, secret, rule) => {
  writeFileSync(join(folder, "innocent.txt"), "nothing to see");
  expect(scan()).toEqual({ status: 0, output: "" });
  writeFileSync(join(folder, file), text);
  const { status, output } = scan();
  expect(status).toBe(1);
  expect(output).toContain(join(folder, file));
  expect(output).toContain(`[${rule}]`);
  expect(output).not.toContain(secret);
});
