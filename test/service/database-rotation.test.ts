import { randomBytes } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import { type DatabaseCredentials, isRefusedByPostgres } from "../../service/postgres";
import { scramVerifier } from "../../service/scram";
import type { FunctionProcess } from "./support/function-process";
import { RecordsDatabase } from "./support/records-database";
import { rotate as runSteps, type Step, steps } from "./support/rotation-steps";

jest.setTimeout(60_000);

let server: RecordsDatabase;
let rotation: FunctionProcess;
let first: DatabaseCredentials;

const startRotation = (name: string, environment: Record<string, string> = {}) =>
  server.startFunction("service/database-rotation/index.ts", name, {
    DATABASE_SECRET_ARN: server.masterSecretArn,
    ...environment,
  });

beforeAll(async () => {
  server = await RecordsDatabase.start();
  await server.migrate();
  await server.postgres.administer("ALTER SYSTEM SET log_statement = 'all'", "SELECT pg_reload_conf()");
  rotation = await startRotation("rotation");
});

afterAll(async () => {
  await rotation.stop();
  await server.stop();
});

/** The first user's login is current, and Secrets Manager has prepared a version for another. */
beforeEach(async () => {
  first = { username: "records_service_1", password: randomBytes(20).toString("hex") };
  await server.run(`ALTER ROLE records_service_1 PASSWORD '${scramVerifier(first.password)}'`);
  await server.run("ALTER ROLE records_service_2 PASSWORD NULL");
  server.aws.putSecret(server.serviceSecretArn, JSON.stringify(first));
  server.aws.prepareRotation(server.serviceSecretArn, "version-2");
  server.aws.clear();
});

const run = (step: Step, versionId = "version-2", container = rotation) =>
  container.invoke({ Step: step, SecretId: server.serviceSecretArn, ClientRequestToken: versionId });

const rotate = (versionId = "version-2") => runSteps((step) => run(step, versionId));

async function runUntil(step: Step): Promise<void> {
  for (const before of steps.slice(0, steps.indexOf(step))) await run(before);
}

const current = () => server.serviceCredentials();

async function logsIn(credentials: DatabaseCredentials): Promise<boolean> {
  try {
    await server.run("SELECT FROM records.patients", credentials);
    return true;
  } catch (error) {
    if (isRefusedByPostgres(error)) return false;
    throw error;
  }
}

/** What must hold after a rotation, whatever happened on the way. */
async function expectRotated(versionId: string) {
  expect(server.aws.versionWith(server.serviceSecretArn, "AWSCURRENT").id).toBe(versionId);
  const previous = server.serviceCredentials("AWSPREVIOUS");
  expect([current().username, previous.username].sort()).toEqual(["records_service_1", "records_service_2"]);
  expect(current().password).toMatch(/^[A-Za-z0-9]{40}$/);
  expect([await logsIn(current()), await logsIn(previous)]).toEqual([true, true]);
}

describe("a rotation", () => {
  it("gives the other user a password and makes it current, step by step", async () => {
    await run("createSecret");
    const pending = server.serviceCredentials("AWSPENDING");
    expect(pending).toEqual({ username: "records_service_2", password: pending.password });
    expect(pending.password).toMatch(/^[A-Za-z0-9]{40}$/);
    expect(await logsIn(pending)).toBe(false);

    await run("setSecret");
    expect([await logsIn(pending), await logsIn(first)]).toEqual([true, true]);

    await run("testSecret");
    expect(current()).toEqual(first);

    await run("finishSecret");
    expect(current()).toEqual(pending);
    expect(server.serviceCredentials("AWSPREVIOUS")).toEqual(first);
    await expectRotated("version-2");
  });

  it("is followed by one that gives the first user another password", async () => {
    expect(await rotate()).toBe("done");
    const second = current();
    server.aws.prepareRotation(server.serviceSecretArn, "version-3");
    expect(await rotate("version-3")).toBe("done");
    expect(current().username).toBe("records_service_1");
    expect([await logsIn(first), await logsIn(second), await logsIn(current())]).toEqual([false, true, true]);
    await expectRotated("version-3");
  });

  it("changes nothing when each step is repeated", async () => {
    for (const step of steps) {
      await run(step);
      await run(step);
    }
    await expectRotated("version-2");
    const after = current();
    expect(await rotate()).toBe("done");
    expect(current()).toEqual(after);
    await expectRotated("version-2");
  });

  it("interrupts nobody who logs in with the current login, or stays connected", async () => {
    const secret = server.serviceSecret();
    const database = server.asService();
    const failures: unknown[] = [];
    const logins: string[] = [];
    const working = new AbortController();
    const clients = [
      () =>
        secret.use(async (credentials) => {
          await server.run("SELECT FROM records.patients", credentials);
          logins.push(credentials.username);
        }, isRefusedByPostgres),
      () => database.query("SELECT FROM records.patients"),
    ].map(async (work) => {
      while (!working.signal.aborted && failures.length === 0)
        await work().catch((error: unknown) => failures.push(error));
    });

    for (let version = 2; version <= 7; version++) {
      server.aws.prepareRotation(server.serviceSecretArn, `version-${version}`);
      expect(await rotate(`version-${version}`)).toBe("done");
      // Rotations are days apart: whoever was refused has read the secret anew before the next one.
      const before = logins.length;
      while (logins.length < before + 2 && failures.length === 0) await nextTurn();
    }
    working.abort();
    await Promise.all(clients);
    await database.close();

    expect(failures).toEqual([]);
    expect([...new Set(logins)].sort()).toEqual(["records_service_1", "records_service_2"]);
  });

  it("writes down what it did, and no password, neither here nor in PostgreSQL's log", async () => {
    rotation.output = "";
    expect(await rotate()).toBe("done");
    const lines = rotation.output.split("\n").filter((line) => line.startsWith("{"));
    expect(lines.map((line) => JSON.parse(line) as object)).toEqual(
      steps.flatMap((step) =>
        ["step begins", "step done"].map((message): unknown =>
          expect.objectContaining({ message, step, secretId: server.serviceSecretArn, versionId: "version-2" }),
        ),
      ),
    );
    expect(server.postgres.process.output).toContain('ALTER ROLE "records_service_2" PASSWORD \'SCRAM-SHA-256$');
    for (const { password } of [first, current()]) {
      expect(rotation.output).not.toContain(password);
      expect(server.postgres.process.output).not.toContain(password);
    }
  });

  it("goes on when the master's password has been rotated", async () => {
    await runUntil("testSecret");
    await server.run(
      `ALTER ROLE platform PASSWORD 'another'; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'platform'`,
    );
    server.aws.putSecret(server.masterSecretArn, JSON.stringify({ username: "platform", password: "another" }));
    expect(await rotate()).toBe("done");
    await expectRotated("version-2");
  });
});

/** Every call of AWS in each step of a rotation; the master's login is read once by each container. */
const callsOf: Record<Step, string[]> = {
  createSecret: ["DescribeSecret", "GetSecretValue", "GetSecretValue", "GetRandomPassword", "PutSecretValue"],
  setSecret: ["DescribeSecret", "GetSecretValue", "GetSecretValue"],
  testSecret: ["DescribeSecret", "GetSecretValue", "GetSecretValue", "GetSecretValue"],
  finishSecret: ["DescribeSecret", "GetSecretValue", "GetSecretValue", "UpdateSecretVersionStage"],
};

describe("a failure", () => {
  it("is tried at every call", async () => {
    await run("createSecret");
    await run("setSecret");
    server.aws.putSecret(server.serviceSecretArn, JSON.stringify(first));
    server.aws.prepareRotation(server.serviceSecretArn, "version-2");
    for (const step of steps) {
      server.aws.clear();
      await run(step);
      expect(server.aws.calls).toEqual(callsOf[step]);
    }
  });

  const calls = steps.flatMap((step) =>
    callsOf[step].map((operation, index) => {
      const occurrence = callsOf[step].slice(0, index + 1).filter((name) => name === operation).length;
      return { step, operation, occurrence };
    }),
  );
  const cases = calls.flatMap((call) =>
    (["before", "after"] as const).flatMap((when) =>
      ["version-2", "version-3"].map((resumed) => ({ ...call, when, resumed })),
    ),
  );

  it.each(cases)(
    "in $step at $operation $occurrence, $when it has an effect, leaves the login working; $resumed gets through",
    async ({ step, operation, occurrence, when, resumed }) => {
      await runUntil(step);
      server.aws.failAt({ operation, occurrence, when });
      await expect(run(step)).rejects.toThrow(new Error(`${step}: InjectedFailure`));
      expect([await logsIn(first), await logsIn(current())]).toEqual([true, true]);

      if (resumed === "version-3") server.aws.prepareRotation(server.serviceSecretArn, resumed);
      expect(await rotate(resumed)).toBe("done");
      await expectRotated(resumed);
    },
  );

  it.each(["before", "after"] as const)("to read the master's login, %s it is read, is overcome", async (when) => {
    await runUntil("setSecret");
    const container = await startRotation("unread-master");
    try {
      // The second is the current login, for the comparison.
      server.aws.failAt({ operation: "GetSecretValue", occurrence: 3, when });
      await expect(run("setSecret", "version-2", container)).rejects.toThrow(new Error("setSecret: InjectedFailure"));
      expect(await logsIn(server.serviceCredentials("AWSPENDING"))).toBe(false);
      expect(await runSteps((step) => run(step, "version-2", container))).toBe("done");
    } finally {
      await container.stop();
    }
    await expectRotated("version-2");
  });

  it.each(["setSecret", "testSecret", "finishSecret"] as const)("of PostgreSQL in %s changes nothing", async (step) => {
    await runUntil(step);
    await server.postgres.process.stop();
    try {
      await expect(run(step)).rejects.toThrow(new Error(`${step}: Error, ECONNREFUSED`));
    } finally {
      await server.postgres.process.start();
    }
    expect(current()).toEqual(first);
    expect(await logsIn(first)).toBe(true);

    expect(await rotate()).toBe("done");
    await expectRotated("version-2");
  });

  it.each(["setSecret", "testSecret"] as const)("of PostgreSQL to answer in %s ends the step", async (step) => {
    await runUntil(step);
    const container = await startRotation(`waiting-${step}`);
    server.postgres.process.pause();
    try {
      await expect(run(step, "version-2", container)).rejects.toThrow(new Error(`${step}: Error`));
    } finally {
      server.postgres.process.resume();
      await container.stop();
    }
    expect(await rotate()).toBe("done");
    await expectRotated("version-2");
  });

  it.each(["testSecret", "finishSecret"] as const)("to set the password is noticed by %s", async (step) => {
    await run("createSecret");
    await expect(run(step)).rejects.toThrow(new Error(`${step}: PostgreSQL refuses the pending login`));
    expect(current()).toEqual(first);
  });

  it("to have the service's privileges is noticed", async () => {
    await runUntil("testSecret");
    await server.run("REVOKE records_service FROM records_service_2");
    try {
      await expect(run("testSecret")).rejects.toThrow(new Error("testSecret: error, 42501"));
    } finally {
      await server.run("GRANT records_service TO records_service_2");
    }
  });

  it.each(["setSecret", "testSecret"] as const)("of the server to prove who it is ends %s", async (step) => {
    await runUntil(step);
    const container = await startRotation(`distrustful-${step}`, { NODE_EXTRA_CA_CERTS: "" });
    try {
      await expect(run(step, "version-2", container)).rejects.toThrow(
        new Error(`${step}: Error, UNABLE_TO_VERIFY_LEAF_SIGNATURE`),
      );
    } finally {
      await container.stop();
    }
  });
});

describe("a request is refused", () => {
  const refused = async (step: Step, message: string) => {
    const before = server.postgres.process.output.split("ALTER ROLE").length;
    await expect(run(step)).rejects.toThrow(new Error(`${step}: ${message}`));
    expect(server.postgres.process.output.split("ALTER ROLE").length).toBe(before);
    expect(server.aws.calls.filter((call) => /^(Put|Update)/.test(call))).toEqual([]);
  };

  const putVersion = (stage: "AWSCURRENT" | "AWSPENDING", value: string) => {
    const { id } = server.aws.versionWith(server.serviceSecretArn, stage);
    server.aws.secret(server.serviceSecretArn).versions.set(id, { value, stages: [stage] });
  };

  it.each(steps)("where rotation is off: %s", async (step) => {
    server.aws.secret(server.serviceSecretArn).rotationEnabled = false;
    await refused(step, "rotation is not enabled for the secret");
  });

  it.each(steps)("where the version is unknown: %s", async (step) => {
    server.aws.secret(server.serviceSecretArn).versions.delete("version-2");
    await refused(step, "the secret has no version version-2");
  });

  it.each(steps)("where the version is not pending: %s", async (step) => {
    server.aws.prepareRotation(server.serviceSecretArn, "version-3");
    server.aws.secret(server.serviceSecretArn).versions.set("version-2", { stages: ["OTHER"] });
    await refused(step, "version version-2 is not staged as AWSPENDING");
  });

  it.each(["setSecret", "finishSecret"] as const)("where no login was created: %s", async (step) => {
    await refused(step, "the secret has no AWSPENDING version");
  });

  it.each(["createSecret", "testSecret"] as const)("where there is no current login yet: %s", async (step) => {
    server.aws.secret(server.serviceSecretArn).versions.delete("version-1");
    await refused(step, "the secret has no AWSCURRENT version");
  });

  const others = [
    "",
    "password",
    "{}",
    JSON.stringify({ username: "records_service_2" }),
    JSON.stringify({ username: "records_service_2", password: "" }),
    JSON.stringify({ username: "records_service_2", password: "pässword" }),
    JSON.stringify({ username: "platform", password: "password" }),
  ];

  it.each(others)("where the pending version is no login of the service: %j", async (value) => {
    putVersion("AWSPENDING", value);
    await refused("setSecret", "the AWSPENDING version is not a login of the service");
  });

  it("where the current version is none: it is unknown who the other user is", async () => {
    putVersion("AWSCURRENT", JSON.stringify({ username: "platform", password: "password" }));
    await refused("createSecret", "the AWSCURRENT version is not a login of the service");
  });

  it.each(["setSecret", "testSecret", "finishSecret"] as const)(
    "where another version has become current since the login was made: %s",
    async (step) => {
      await runUntil(step);
      const second = { username: "records_service_2", password: "made current by hand" };
      putVersion("AWSCURRENT", JSON.stringify(second));
      server.aws.clear();
      await refused(step, "version version-2 is of the user that is current: take AWSPENDING from it, and rotate anew");

      // As it says.
      server.aws.prepareRotation(server.serviceSecretArn, "version-3");
      expect(await rotate("version-3")).toBe("done");
      expect(current().username).toBe("records_service_1");
    },
  );
});

describe.each([
  { version: "that is a copy of the current one", isCopy: true },
  { version: "without a login", isCopy: false },
])("a test of the configuration, on a version $version", ({ isCopy }) => {
  beforeEach(() => {
    if (isCopy) server.aws.prepareTest(server.serviceSecretArn, "version-2");
  });

  it("passes where PostgreSQL takes the current login, and changes nothing", async () => {
    await run("testSecret");
    expect(server.aws.calls.filter((call) => /^(Put|Update)/.test(call))).toEqual([]);
    expect(current()).toEqual(first);
    expect(await logsIn(first)).toBe(true);
  });

  it("fails where it does not", async () => {
    await server.run("ALTER ROLE records_service_1 PASSWORD NULL");
    await expect(run("testSecret")).rejects.toThrow(new Error("testSecret: PostgreSQL refuses the current login"));
  });
});
