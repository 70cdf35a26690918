import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findStack } from "./outputs";
import { outputs } from "./stack";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tap-outputs-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

const write = (name: string, content: string) => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};

const aws = () => write("outputs.json", JSON.stringify(outputs));

test("without outputs says how to get them", () => {
  expect(() => findStack({}, folder)).toThrow(
    /outputs-dev\.json does not exist\.\n.*\n.*npm run local\n.*pulumi stack output --json > outputs\.json\n.*STACK_OUTPUTS=outputs\.json/,
  );
});

test("with outputs of something else names what is wrong with them", () => {
  const file = write("other.json", JSON.stringify({ ...outputs, apiId: undefined, redisPort: "6379", extra: 1 }));
  expect(() => findStack({ STACK_OUTPUTS: file }, folder)).toThrow(
    "redisPort is missing or wrong, apiId is missing or wrong, extra is unknown",
  );
});

test("of the local cloud are looked for where it runs", () => {
  write("outputs-dev.json", JSON.stringify(outputs));
  expect(() => findStack({}, folder)).toThrow("no local cloud runs");
  write("endpoint", "http://localhost:4999\n");
  expect(findStack({}, folder)).toEqual({
    outputs,
    endpoint: "http://localhost:4999",
    isLocal: true,
    localCloudFolder: join(folder, "aws"),
  });
});

test("of AWS are looked for in AWS, whatever runs locally", () => {
  write("endpoint", "http://localhost:4999\n");
  const elsewhere = join(folder, "local");
  expect(findStack({ STACK_OUTPUTS: aws() }, elsewhere)).toMatchObject({
    outputs,
    endpoint: undefined,
    isLocal: false,
  });
});

test("are looked for at AWS_ENDPOINT_URL where it is set", () => {
  const found = (AWS_ENDPOINT_URL: string) => findStack({ STACK_OUTPUTS: aws(), AWS_ENDPOINT_URL }, "/nowhere");
  expect(found("http://127.0.0.1:5000")).toMatchObject({ endpoint: "http://127.0.0.1:5000", isLocal: true });
  expect(found("https://aws.example.com")).toMatchObject({ endpoint: "https://aws.example.com", isLocal: false });
});
