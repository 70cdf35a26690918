import { Client } from "pg";
import { scramVerifier } from "../../service/scram";
import { RecordsDatabase } from "./support/records-database";

jest.setTimeout(60_000);

const all = ["0001-roles", "0002-patients", "0003-audit", "0004-analytics"];

let database: RecordsDatabase;

beforeEach(async () => {
  database = await RecordsDatabase.start();
});

afterEach(() => database.stop());

const whoAmI = () => database.run<{ user: string }>("SELECT current_user AS user", database.serviceCredentials());

it("makes the schema and the service's login, and then has nothing to do", async () => {
  expect(await database.migrate()).toEqual({ applied: all });
  const credentials = database.serviceCredentials();
  expect(credentials.username).toBe("records_service_1");
  expect(credentials.password).toMatch(/^[A-Za-z0-9]{40}$/);
  expect(await whoAmI()).toEqual([{ user: "records_service_1" }]);

  expect(await database.migrate()).toEqual({ applied: [] });
  expect(database.serviceCredentials()).toEqual(credentials);
});

it("runs twice at the same time: one migrates, and both agree on the password", async () => {
  const functions = await Promise.all(["one", "other"].map((name) => database.startMigration(name)));
  const results = (await Promise.all(functions.map((each) => each.invoke(database.migrationInput)))) as {
    applied: string[];
  }[];
  await Promise.all(functions.map((each) => each.stop()));

  expect(results.map(({ applied }) => applied.length).sort()).toEqual([0, all.length]);
  expect(await whoAmI()).toEqual([{ user: "records_service_1" }]);
  expect(database.aws.calls.filter((call) => call === "PutSecretValue")).toHaveLength(1);
});

it.each(["before", "after"] as const)("is repeated when the password is lost %s it is kept", async (when) => {
  database.aws.failAt({ operation: "PutSecretValue", occurrence: 1, when });
  await expect(database.migrate()).rejects.toThrow("InjectedFailure");
  expect(await database.migrate()).toEqual({ applied: [] });
  expect(await whoAmI()).toEqual([{ user: "records_service_1" }]);
});

it("gives a new database the login that the secret has already", async () => {
  const login = { username: "records_service_2", password: "of a rotation before the database" };
  database.aws.putSecret(database.serviceSecretArn, JSON.stringify(login));
  expect(await database.migrate()).toEqual({ applied: all });
  expect(database.serviceCredentials()).toEqual(login);
  expect(await whoAmI()).toEqual([{ user: "records_service_2" }]);
  expect(database.aws.calls).not.toContain("PutSecretValue");
});

it("puts the login back into a database of before the last rotation, and changes no other user's", async () => {
  await database.migrate();
  const current = database.serviceCredentials();
  const other = { username: "records_service_2", password: "other" };
  await database.run(`ALTER ROLE records_service_1 PASSWORD '${scramVerifier("of before")}'`);
  await database.run(`ALTER ROLE records_service_2 PASSWORD '${scramVerifier(other.password)}'`);

  expect(await database.migrate()).toEqual({ applied: [] });
  expect(database.serviceCredentials()).toEqual(current);
  expect(await whoAmI()).toEqual([{ user: "records_service_1" }]);
  expect(await database.run("SELECT current_user AS user", other)).toEqual([{ user: "records_service_2" }]);
});

it("gives a password to nobody but the service's users", async () => {
  database.aws.putSecret(database.serviceSecretArn, JSON.stringify({ username: "platform", password: "another" }));
  await expect(database.migrate()).rejects.toThrow(/^the service's secret does not hold a login of the service$/);
});

it("says which migration failed and by which code, nothing of the data, and leaves nothing half done", async () => {
  await database.run("CREATE SCHEMA analytics");
  await expect(database.migrate()).rejects.toThrow(/^0004-analytics: error, SQLSTATE 42P06$/);
  const [{ found } = {}] = await database.run<{ found: string | null }>("SELECT to_regnamespace('records') AS found");
  expect(found).toBeNull();

  await database.run("DROP SCHEMA analytics");
  expect(await database.migrate()).toEqual({ applied: all });
});

it("waits for no lock longer than five seconds, so that nobody waits behind it, and is repeated", async () => {
  await database.migrate();
  const reader = new Client({
    host: database.postgres.folder,
    port: database.postgres.port,
    user: "admin",
    database: "records",
  });
  await reader.connect();
  await reader.query("BEGIN; LOCK TABLE migrations.kysely_migration");
  await expect(database.migrate()).rejects.toThrow(/^the migrations' own tables: error, SQLSTATE 55P03$/);
  await reader.end();
  expect(await database.migrate()).toEqual({ applied: [] });
});

it("gives the server a verifier, never the password", async () => {
  await database.postgres.administer("ALTER SYSTEM SET log_statement = 'all'", "SELECT pg_reload_conf()");
  await database.migrate();
  const { password } = database.serviceCredentials();
  expect(database.postgres.process.output).toContain("ALTER ROLE");
  expect(database.postgres.process.output).not.toContain(password);
});
