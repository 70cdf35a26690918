import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { STSClient } from "@aws-sdk/client-sts";
import { clientConfig } from "../../tools/aws-environment";
import { UserError } from "../../tools/cli";
import { findOperationsFunction, withoutFunction } from "../../tools/operations-function";
import { localFolder } from "../../tools/paths";
import { answerAs, awsError } from "./aws-answers";

const environment = process.env;
const caller = "arn:aws:sts::111111111111:assumed-role/operator/jane";
const endpoint = "http://localhost:4999";
const forAws = "For an environment in AWS add --outputs FILE, made by: pulumi stack output --json --stack NAME > FILE";

let home: string;
let folder: ReturnType<typeof localFolder>;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "tap-operate-"));
  folder = localFolder(join(home, ".local"));
  mkdirSync(folder.root);
  process.env = { PATH: "/bin" };
  answerAs(STSClient, { GetCallerIdentity: () => ({ Account: "111111111111", Arn: caller }) });
  jest.spyOn(global, "fetch").mockResolvedValue(new Response());
});

afterEach(() => {
  process.env = environment;
  jest.restoreAllMocks();
  rmSync(home, { recursive: true });
});

function write(
  file: string,
  outputs: object = { operationsFunctionName: "records-operations-dev", region: "eu-west-1" },
) {
  writeFileSync(file, JSON.stringify(outputs));
  return file;
}

const find = (outputs?: string) => findOperationsFunction(outputs, folder);

it("is in AWS for outputs from anywhere", async () => {
  const outputs = write(join(home, "prod.json"), {
    operationsFunctionName: "records-operations-prod",
    region: "eu-central-1",
  });
  expect(await find(outputs)).toEqual({
    name: "records-operations-prod",
    config: { region: "eu-central-1" },
    caller,
    description: `records-operations-prod in AWS: account 111111111111, eu-central-1, as ${caller}`,
  });
});

const local = {
  name: "records-operations-dev",
  config: clientConfig(endpoint),
  caller,
  description: `records-operations-dev in the local AWS: account 111111111111, eu-west-1, as ${caller}`,
};

it("is in the local AWS unless outputs are named", async () => {
  write(folder.outputs("dev"));
  writeFileSync(folder.endpoint, endpoint);
  expect(await find()).toEqual(local);
});

it("is in the local AWS for outputs of another environment there", async () => {
  writeFileSync(folder.endpoint, endpoint);
  expect(await find(write(folder.outputs("pr-7")))).toEqual(local);
});

it("is in the local AWS where that is what AWS_ENDPOINT_URL names", async () => {
  process.env.AWS_ENDPOINT_URL = endpoint;
  expect(await find(write(join(home, "dev.json")))).toEqual(local);
});

it("is nowhere without a local environment, and says how to name one in AWS", async () => {
  const file = folder.outputs("dev");
  await expect(find()).rejects.toThrow(
    new UserError(`There is no local environment: ${file} does not exist. Deploy one: npm run local. ${forAws}`),
  );
});

it("is nowhere while no local AWS runs, and says how to name one in AWS", async () => {
  write(folder.outputs("dev"));
  await expect(find()).rejects.toThrow(
    new UserError(`No local AWS runs. Start it and deploy: npm run local. ${forAws}`),
  );
});

it("is not looked for elsewhere where the named file is not there", async () => {
  const file = join(home, "prod.json");
  await expect(find(file)).rejects.toThrow(
    new UserError(`${file} does not exist. Make it: pulumi stack output --json --stack NAME > ${file}`),
  );
});

it.each(["", '{"region": "eu-', "null", '{"region": "eu-west-1"}'])(
  "is not looked for elsewhere where the file holds %j",
  async (text) => {
    const hasNone = (file: string) => `${file} does not hold the outputs operationsFunctionName and region as JSON.`;
    const file = join(home, "prod.json");
    writeFileSync(file, text);
    await expect(find(file)).rejects.toThrow(
      new UserError(`${hasNone(file)} Make it again: pulumi stack output --json --stack NAME > ${file}`),
    );
    writeFileSync(folder.outputs("dev"), text);
    await expect(find()).rejects.toThrow(
      new UserError(`${hasNone(folder.outputs("dev"))} Deploy again: npm run local`),
    );
  },
);

it("is looked for in the wrong account where Lambda does not know it", () => {
  const { description, name } = local;
  expect(withoutFunction(awsError("ResourceNotFoundException"), local)).toEqual(
    new UserError(
      `There is no function ${description}.\nSign in to the account that the environment is in; or make the outputs again, if it is not called ${name} any more.`,
    ),
  );
  const other = awsError("TooManyRequestsException");
  expect(withoutFunction(other, local)).toBe(other);
});
