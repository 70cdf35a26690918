import { type GetSecretValueCommandInput, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { parseDatabaseCredentials } from "../../service/postgres";
import { Secret, SecretFormatError, secretText } from "../../service/secret";

/** A client whose requests are answered here, in order, and recorded. */
function clientAnswering(...answers: (string | Error)[]) {
  const client = new SecretsManagerClient({ region: "eu-west-1" });
  const asked: unknown[] = [];
  client.middlewareStack.add(
    () => (args) => {
      asked.push((args.input as GetSecretValueCommandInput).SecretId);
      const answer = answers.shift() ?? new Error("one request too many");
      if (answer instanceof Error) return Promise.reject(answer);
      return Promise.resolve({ response: {}, output: { $metadata: {}, SecretString: answer } });
    },
    { step: "initialize" },
  );
  return { client, asked };
}

const refused = new Error("refused");
const isRefused = (error: unknown) => error === refused;
const accepting = (token: string) => (given: string) =>
  given === token ? Promise.resolve(given) : Promise.reject(refused);
const asIs = (value: string) => value;

describe("Secret", () => {
  it("is read once for many uses", async () => {
    const { client, asked } = clientAnswering("first");
    const secret = new Secret(secretText(client, "arn:secret"), asIs);
    const uses = [1, 2, 3].map(() => secret.use(accepting("first"), isRefused));
    expect(await Promise.all(uses)).toEqual(["first", "first", "first"]);
    expect(asked).toEqual(["arn:secret"]);
  });

  it("is read anew, once, when it is refused, however many notice at the same time", async () => {
    const { client, asked } = clientAnswering("first", "second");
    const secret = new Secret(secretText(client, "arn:secret"), asIs);
    await secret.use(accepting("first"), isRefused);
    const uses = [1, 2, 3].map(() => secret.use(accepting("second"), isRefused));
    expect(await Promise.all(uses)).toEqual(["second", "second", "second"]);
    expect(asked).toHaveLength(2);
  });

  it("gives up when the new one is refused too", async () => {
    const { client, asked } = clientAnswering("first", "second");
    await expect(new Secret(secretText(client, "arn:secret"), asIs).use(accepting("third"), isRefused)).rejects.toBe(
      refused,
    );
    expect(asked).toHaveLength(2);
  });

  it("is not read anew for another failure", async () => {
    const { client, asked } = clientAnswering("first");
    const failure = new Error("connection lost");
    const use = new Secret(secretText(client, "arn:secret"), asIs).use(() => Promise.reject(failure), isRefused);
    await expect(use).rejects.toBe(failure);
    expect(asked).toHaveLength(1);
  });

  it("does not remember that it could not be read", async () => {
    const { client } = clientAnswering(new Error("throttled"), "first");
    const secret = new Secret(secretText(client, "arn:secret"), asIs);
    await expect(secret.use(accepting("first"), isRefused)).rejects.toThrow("throttled");
    expect(await secret.use(accepting("first"), isRefused)).toBe("first");
  });
});

describe("parseDatabaseCredentials", () => {
  it("takes what RDS keeps", () => {
    expect(parseDatabaseCredentials('{"username":"tap","password":"p"}')).toEqual({ username: "tap", password: "p" });
  });

  it.each(["hunter2", "null", "[]", '{"username":"tap"}', '{"username":"tap","password":2}'])(
    "refuses %s without quoting it",
    (value) => {
      expect(() => parseDatabaseCredentials(value)).toThrow(SecretFormatError);
      expect(() => parseDatabaseCredentials(value)).not.toThrow("hunter2");
    },
  );
});
