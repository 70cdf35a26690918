import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { AwsStandIn, type Failure } from "./support/aws-stand-in";
import { CertificateAuthority } from "../../tools/servers/certificates";
import { FunctionProcess } from "./support/function-process";
import { RedisServer } from "../../tools/servers/redis-server";
import { rotate as runSteps, type Step, steps } from "./support/rotation-steps";

jest.setTimeout(60_000);

const secret = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:redis-auth-test";
const oldToken = "old-token-0123456789";

const folder = mkdtempSync(path.join(tmpdir(), "redis-rotation-"));
const authority = new CertificateAuthority(path.join(folder, "authority"));
let redis: RedisServer;
let aws: AwsStandIn;
let rotation: FunctionProcess;

beforeAll(async () => {
  const certificate = authority.issue("server", "DNS:localhost", "IP:127.0.0.1");
  redis = await RedisServer.start({ folder: path.join(folder, "redis"), authority, certificate, tokens: [oldToken] });
  aws = await AwsStandIn.start((tokens) => redis.setTokens(tokens));
  rotation = await FunctionProcess.start(
    "service/redis-rotation/index.ts",
    path.join(folder, "function"),
    authority.certificate,
    {
      AWS_ENDPOINT_URL: aws.endpoint,
      AWS_MAX_ATTEMPTS: "1",
      REPLICATION_GROUP_ID: "redis-test",
      REDIS_HOST: "localhost",
      REDIS_PORT: String(redis.port),
    },
  );
});

afterAll(async () => {
  await Promise.all([rotation.stop(), redis.process.stop(), aws.stop()]);
  rmSync(folder, { recursive: true });
});

/** A secret whose current token is the old one, with the version that Secrets Manager has prepared for a new one. */
beforeEach(async () => {
  await aws.reset(secret, oldToken);
  aws.secret(secret).versions.set("version-2", { stages: ["AWSPENDING"] });
  rotation.output = "";
});

const run = (step: Step, remainingTime?: number) =>
  rotation.invoke({ Step: step, SecretId: secret, ClientRequestToken: "version-2" }, remainingTime);

const rotate = () => runSteps(run);

const tokenOf = (stage: string) => aws.versionWith(secret, stage).value ?? "";

/** What must hold after a rotation, whatever happened on the way. */
async function expectRotated() {
  const current = aws.versionWith(secret, "AWSCURRENT");
  expect(current.id).toBe("version-2");
  expect(await redis.accepts(tokenOf("AWSCURRENT"))).toBe(true);
  expect(tokenOf("AWSPREVIOUS")).toBe(oldToken);
  expect(await redis.accepts(oldToken)).toBe(false);
  expect(aws.changes).toEqual(["ROTATE", "SET"]);
}

describe("a rotation", () => {
  it("replaces the token, step by step", async () => {
    await run("createSecret");
    const pending = tokenOf("AWSPENDING");
    expect(pending).toMatch(/^[A-Za-z0-9!&#$^<>-]{64}$/);
    expect(aws.changes).toEqual([]);

    await run("setSecret");
    expect(aws.changes).toEqual(["ROTATE"]);
    expect(await redis.accepts(oldToken)).toBe(true);
    expect(await redis.accepts(pending)).toBe(true);

    await run("testSecret");
    expect(tokenOf("AWSCURRENT")).toBe(oldToken);

    await run("finishSecret");
    expect(tokenOf("AWSCURRENT")).toBe(pending);
    await expectRotated();
  });

  it("makes the new token current before the old one stops working", async () => {
    expect(await rotate()).toBe("done");
    expect(aws.calls.lastIndexOf("UpdateSecretVersionStage")).toBeLessThan(
      aws.calls.lastIndexOf("ModifyReplicationGroup"),
    );
  });

  it("changes nothing when each step is repeated", async () => {
    for (const step of steps) {
      await run(step);
      await run(step);
    }
    await expectRotated();
    const after = tokenOf("AWSCURRENT");
    expect(await rotate()).toBe("done");
    expect(tokenOf("AWSCURRENT")).toBe(after);
    await expectRotated();
  });

  it("waits until the group has taken the change", async () => {
    aws.modifyingFor = 1;
    expect(await rotate()).toBe("done");
    await expectRotated();
  });

  it("gives up before Lambda would end it, and can be resumed", async () => {
    await run("createSecret");
    aws.modifyingFor = Infinity;
    // 16 s leave one for the change, once the rest of the step has its reserve.
    await expect(run("setSecret", 16_000)).rejects.toThrow(
      new Error("setSecret: replication group redis-test did not become available in time"),
    );
    expect(await redis.accepts(tokenOf("AWSCURRENT"))).toBe(true);
    aws.settle();
    expect(await rotate()).toBe("done");
    await expectRotated();
  });

  describe("of a group that was replaced, and has its first token again", () => {
    const firstToken = "first-token-0123456789";

    beforeEach(async () => {
      await aws.reset(secret, firstToken);
      aws.putSecret(secret, oldToken);
      aws.prepareRotation(secret, "version-2");
    });

    const accepted = (...tokens: string[]) => Promise.all(tokens.map((token) => redis.accepts(token)));

    it("makes the current token work at once, and leaves the new one alone", async () => {
      await run("createSecret");
      await run("setSecret");
      expect(await accepted(firstToken, oldToken, tokenOf("AWSPENDING"))).toEqual([false, true, true]);
      expect(await rotate()).toBe("done");
      expect(await accepted(firstToken, oldToken, tokenOf("AWSCURRENT"))).toEqual([false, false, true]);
      expect(aws.changes).toEqual(["ROTATE", "ROTATE", "SET"]);
    });

    it.each(["before", "after"] as const)(
      "is resumed where the second change fails %s it takes place",
      async (when) => {
        aws.failAt({ operation: "ModifyReplicationGroup", occurrence: 2, when });
        expect(await rotate()).toEqual({ step: "setSecret", error: "setSecret: InjectedFailure" });
        expect(await rotate()).toBe("done");
        expect(await accepted(firstToken, oldToken, tokenOf("AWSCURRENT"))).toEqual([false, false, true]);
        expect(aws.changes).toEqual(["ROTATE", "ROTATE", "SET"]);
      },
    );
  });

  it("writes down what it did, without a token", async () => {
    expect(await rotate()).toBe("done");
    const lines = rotation.output.split("\n").filter((line) => line.startsWith("{"));
    expect(lines.map((line) => JSON.parse(line) as object)).toEqual(
      steps.flatMap((step) =>
        ["step begins", "step done"].map((message): unknown =>
          expect.objectContaining({ message, step, secretId: secret, versionId: "version-2" }),
        ),
      ),
    );
    for (const token of [oldToken, tokenOf("AWSCURRENT")]) expect(rotation.output).not.toContain(token);
  });
});

describe("a failure", () => {
  const before = (step: Step, operation: string, occurrence = 1) =>
    [step, { operation, occurrence, when: "before" }, oldToken] as [Step, Failure, string | null];
  const after = (step: Step, operation: string, survivor: string | null) =>
    [step, { operation, occurrence: 1, when: "after" }, survivor] as [Step, Failure, string | null];

  it.each([
    before("createSecret", "DescribeSecret"),
    before("createSecret", "GetSecretValue"),
    before("createSecret", "GetRandomPassword"),
    before("createSecret", "PutSecretValue"),
    after("createSecret", "PutSecretValue", oldToken),
    before("setSecret", "DescribeSecret"),
    before("setSecret", "GetSecretValue"),
    before("setSecret", "GetSecretValue", 2),
    before("setSecret", "DescribeReplicationGroups"),
    before("setSecret", "ModifyReplicationGroup"),
    after("setSecret", "ModifyReplicationGroup", oldToken),
    before("setSecret", "DescribeReplicationGroups", 2),
    before("setSecret", "DescribeReplicationGroups", 3),
    before("testSecret", "DescribeSecret"),
    before("testSecret", "GetSecretValue"),
    before("testSecret", "GetSecretValue", 2),
    before("finishSecret", "DescribeSecret"),
    before("finishSecret", "GetSecretValue"),
    before("finishSecret", "UpdateSecretVersionStage"),
    after("finishSecret", "UpdateSecretVersionStage", oldToken),
    before("finishSecret", "GetSecretValue", 2),
    before("finishSecret", "GetSecretValue", 3),
    before("finishSecret", "DescribeReplicationGroups"),
    before("finishSecret", "ModifyReplicationGroup"),
    // By now the new token is the current one, and the old one has been shut out as it should.
    after("finishSecret", "ModifyReplicationGroup", null),
    ["finishSecret", { operation: "DescribeReplicationGroups", occurrence: 2, when: "before" }, null] as [
      Step,
      Failure,
      null,
    ],
  ])(
    "in %s at %o leaves the current token working, and the next attempt resumes",
    async (failing, failure, survivor) => {
      for (const step of steps.slice(0, steps.indexOf(failing))) await run(step);
      aws.failAt({ ...failure });
      await expect(run(failing)).rejects.toThrow(new Error(`${failing}: InjectedFailure`));

      expect(await redis.accepts(tokenOf("AWSCURRENT"))).toBe(true);
      expect(await redis.accepts(oldToken)).toBe(survivor === oldToken);

      expect(await rotate()).toBe("done");
      await expectRotated();
    },
  );

  it.each(["setSecret", "testSecret", "finishSecret"] as const)("of Redis in %s changes nothing", async (failing) => {
    for (const step of steps.slice(0, steps.indexOf(failing))) await run(step);
    const changes = [...aws.changes];
    await redis.process.stop();
    try {
      await expect(run(failing)).rejects.toThrow(`${failing}: `);
    } finally {
      await redis.process.start();
    }
    expect(aws.changes).toEqual(changes);
    expect(tokenOf("AWSCURRENT")).toBe(oldToken);
    expect(await redis.accepts(oldToken)).toBe(true);

    expect(await rotate()).toBe("done");
    await expectRotated();
  });

  it.each(["testSecret", "finishSecret"] as const)("to set the token is noticed by %s", async (step) => {
    await run("createSecret");
    await expect(run(step)).rejects.toThrow(new Error(`${step}: Redis refuses the pending token`));
    expect(tokenOf("AWSCURRENT")).toBe(oldToken);
    expect(await redis.accepts(oldToken)).toBe(true);
  });

  it("of AWS is told by its name: its message may quote the token", async () => {
    await run("createSecret");
    await run("setSecret");
    await run("testSecret");
    aws.forgetTokens();
    await expect(run("finishSecret")).rejects.toThrow(new Error("finishSecret: InvalidParameterValueException"));
    expect(rotation.output).not.toContain(tokenOf("AWSCURRENT"));
  });
});

describe("a request is refused", () => {
  const refused = async (step: Step, message: string) => {
    await expect(run(step)).rejects.toThrow(new Error(`${step}: ${message}`));
    expect(aws.changes).toEqual([]);
    expect(tokenOf("AWSCURRENT")).toBe(oldToken);
  };

  it.each(steps)("where rotation is off: %s", async (step) => {
    aws.secret(secret).rotationEnabled = false;
    await refused(step, "rotation is not enabled for the secret");
  });

  it.each(steps)("where the version is unknown: %s", async (step) => {
    aws.secret(secret).versions.delete("version-2");
    await refused(step, "the secret has no version version-2");
  });

  it.each(steps)("where the version is not pending: %s", async (step) => {
    aws.secret(secret).versions.set("version-2", { value: "other-token-0123456789", stages: ["OTHER"] });
    await refused(step, "version version-2 is not staged as AWSPENDING");
  });

  it.each(["setSecret", "finishSecret"] as const)("where no token was created: %s", async (step) => {
    await refused(step, "the secret has no AWSPENDING version");
  });

  it.each(["short", "with spaces in it, 0123456789", "x".repeat(129)])(
    "where the pending token is none that ElastiCache takes: %s",
    async (value) => {
      aws.secret(secret).versions.set("version-2", { value, stages: ["AWSPENDING"] });
      await refused("setSecret", "the AWSPENDING version is not a token that ElastiCache takes");
    },
  );
});

describe.each([
  { version: "that is a copy of the current one", isCopy: true },
  { version: "without a token", isCopy: false },
])("a test of the configuration, on a version $version", ({ isCopy }) => {
  beforeEach(() => {
    if (isCopy) aws.prepareTest(secret, "version-2");
  });

  it("passes where Redis accepts the current token, and changes nothing", async () => {
    await run("testSecret");
    expect(aws.calls).not.toContain("PutSecretValue");
    expect(aws.changes).toEqual([]);
    expect(tokenOf("AWSCURRENT")).toBe(oldToken);
  });

  it("fails where it does not", async () => {
    await redis.setTokens(["another-token-0123456789"]);
    await expect(run("testSecret")).rejects.toThrow(new Error("testSecret: Redis refuses the current token"));
  });
});
