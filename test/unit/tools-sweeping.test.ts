import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { clientConfig } from "../../tools/aws-environment";
import { describeLeftovers, findLeftovers } from "../../tools/leftovers";
import type { Found, FoundType } from "../../tools/leftovers/inventory";
import { withoutOtherRegions } from "../../tools/leftovers/other-regions";
import { repository } from "../../tools/paths";
import { removeAll } from "../../tools/removal";
import { LeftError, sweep } from "../../tools/sweeping";
import { awsError } from "./aws-answers";

jest.mock("../../tools/leftovers", () => ({
  ...jest.requireActual<object>("../../tools/leftovers"),
  findLeftovers: jest.fn(),
}));
jest.mock("../../tools/leftovers/other-regions");
jest.mock("../../tools/removal", () => ({
  ...jest.requireActual<object>("../../tools/removal"),
  removeAll: jest.fn(),
}));

const named = (type: FoundType, id: string, isProtected = false): Found => ({
  type,
  id,
  names: [id],
  tags: {},
  isProtected,
});
const vpc = named("aws:ec2/vpc:Vpc", "vpc-1");
const database = named("aws:rds/instance:Instance", "rds-postgres-dev");
const config = clientConfig("http://localhost:1");
const place = "account 123456789012, eu-west-1";

let said: string[];

beforeEach(() => {
  said = [];
  jest.spyOn(console, "log").mockImplementation((line: string) => void said.push(line));
  jest
    .mocked(withoutOtherRegions)
    .mockReset()
    .mockImplementation((_, found) => Promise.resolve(found));
  jest.mocked(removeAll).mockReset().mockResolvedValue([]);
  jest.mocked(findLeftovers).mockReset();
});

afterEach(() => jest.restoreAllMocks());

/** Sweeps where these are found, look by look. */
async function sweeping(looks: (Found[] | Error)[], options: { delete?: boolean; yes?: boolean } = {}) {
  for (const look of looks) {
    if (look instanceof Error) jest.mocked(findLeftovers).mockRejectedValueOnce(look);
    else jest.mocked(findLeftovers).mockResolvedValueOnce(look);
  }
  return sweep({ config, place, suffix: "dev", ...options }).then(
    () => said.at(-1),
    (error: unknown) => error,
  );
}
const forSure = { delete: true, yes: true };

describe("a sweep", () => {
  it("finds nothing", async () => {
    expect(await sweeping([[]])).toBe(`Nothing of "dev" is left in ${place}.`);
  });

  it("removes nothing unless told to", async () => {
    const list = `Of "dev" 1 things are in ${place}:\n${describeLeftovers([vpc])}\nRemove them: add --delete.`;
    expect(await sweeping([[vpc]])).toEqual(new LeftError(list));
    expect(await sweeping([[vpc]], { delete: true })).toEqual(
      new LeftError("Nothing was done: that is confirmed in a terminal, or by --yes."),
    );
    expect(removeAll).not.toHaveBeenCalled();
  });

  it("passes over what is of another region", async () => {
    jest.mocked(withoutOtherRegions).mockResolvedValue([]);
    expect(await sweeping([[vpc]])).toBe(`Nothing of "dev" is left in ${place}.`);
  });

  it("removes what it has found, and looks again", async () => {
    expect(await sweeping([[vpc, database], []], forSure)).toBe(
      `All 2 things are gone: nothing of "dev" is left in ${place}.`,
    );
    expect(jest.mocked(findLeftovers).mock.calls).toEqual([
      [config, "dev", console.log],
      [config, "dev", console.log],
    ]);
    expect(jest.mocked(withoutOtherRegions).mock.calls).toEqual([
      [config, [vpc, database]],
      [config, []],
    ]);
    expect(jest.mocked(removeAll).mock.calls).toEqual([[config, [vpc, database]]]);
  });

  it("says what came or went late", async () => {
    expect(await sweeping([[vpc], [vpc]], forSure)).toEqual(
      new LeftError(
        `Of "dev" is left:\n${describeLeftovers([vpc])}\nIt came or went late: run the same command again.`,
      ),
    );
  });

  it("removes nothing where something is protected against deletion", async () => {
    const kept = named("aws:rds/instance:Instance", "rds-postgres-dev", true);
    expect(await sweeping([[vpc, kept]], forSure)).toEqual(
      new LeftError(
        [
          "Nothing was removed, as somebody has protected this against deletion:",
          "  rds             Instance                   rds-postgres-dev",
          "Ask who and why; take the protection off, and run the same command again.",
        ].join("\n"),
      ),
    );
    expect(removeAll).not.toHaveBeenCalled();
  });

  const failure = { found: database, reason: "InvalidParameterCombination: no" };
  const reason = "  aws:rds/instance:Instance rds-postgres-dev: InvalidParameterCombination: no";

  it("says why it stopped", async () => {
    jest.mocked(removeAll).mockResolvedValue([failure]);
    expect(await sweeping([[vpc, database], [database]], forSure)).toEqual(
      new LeftError(
        [
          "Stopped: 1 of 2 things are gone, and these would not go:",
          reason,
          `Of "dev" is left:\n${describeLeftovers([database])}`,
          "Clear the reasons and run the same command again to continue.",
        ].join("\n"),
      ),
    );
  });

  it("says so also where AWS cannot be asked again", async () => {
    jest.mocked(removeAll).mockResolvedValue([failure]);
    expect(await sweeping([[database], awsError("ExpiredToken", "The security token has expired")], forSure)).toEqual(
      new LeftError(
        [
          "Stopped, as these would not go:",
          reason,
          "What else is left cannot be told. AWS does not accept these credentials: The security token has expired",
          "Sign in again, as by aws sso login, and run the same command again.",
        ].join("\n"),
      ),
    );
  });

  it("cannot tell whether anything is left where AWS cannot be asked", async () => {
    const refused = awsError("AccessDenied");
    expect(await sweeping([refused])).toBe(refused);
    expect(await sweeping([[vpc], refused], forSure)).toBe(refused);
  });
});

describe("npm run sweep", () => {
  /** Runs it as somebody who is signed in nowhere. */
  const run = (...options: string[]) => {
    const tsx = join(repository, "node_modules/.bin/tsx");
    const { status, stderr } = spawnSync(tsx, [join(repository, "tools/sweep.ts"), ...options], {
      encoding: "utf8",
      env: {
        PATH: process.env.PATH,
        NODE_NO_WARNINGS: "1",
        AWS_CONFIG_FILE: "/dev/null",
        AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
        AWS_EC2_METADATA_DISABLED: "true",
      },
    });
    return { status, said: stderr.trim().split("\n") };
  };

  it("ends with 2 without credentials, and says what to do", () => {
    const { status, said } = run("--suffix", "dev");
    expect(said).toEqual([
      "There are no AWS credentials: Could not load credentials from any providers",
      "Sign in, as by aws sso login, or name a profile in AWS_PROFILE, and run the same command again.",
    ]);
    expect(status).toBe(2);
  });

  it.each([
    [
      ["--suffix", "dev", "--region", "eu-west1"],
      "option '--region <region>' argument 'eu-west1' is invalid. It must be an AWS region such as eu-west-1.",
    ],
    [[], "required option '--suffix <name>' not specified"],
  ])("ends with 2 for %j", (options, said) => {
    expect(run(...options)).toEqual({ status: 2, said: [`error: ${said}`] });
  });
});
