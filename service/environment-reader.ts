import type { DatabaseEndpoint } from "./postgres";
import type { RedisEndpoint } from "./redis";

/** A data store, and the secret with what logs in there. */
export type WithSecret<Endpoint> = Endpoint & { secretArn: string };

const isPort = (value: string) => /^[1-9][0-9]*$/.test(value) && Number(value) <= 65_535;

/** Reads environment variables and remembers what is wrong with them, so that all of it can be told at once. */
class EnvironmentReader {
  readonly problems: string[] = [];

  constructor(private readonly variables: NodeJS.ProcessEnv) {}

  text(name: string): string {
    return this.matching(name, (value) => /\S/.test(value), "any text");
  }

  /** Host name or IP address. */
  host(name: string): string {
    return this.matching(name, (value) => /^[A-Za-z0-9][A-Za-z0-9.:-]*$/.test(value), "a host name or an IP address");
  }

  port(name: string): number {
    return Number(this.matching(name, isPort, "a port, 1 to 65535"));
  }

  /** Zero or more. */
  count(name: string): number {
    return Number(this.matching(name, (value) => /^\d{1,9}$/.test(value), "a whole number"));
  }

  oneOf<const Choice extends string>(name: string, choices: readonly Choice[]): Choice {
    const isChoice = (value: string) => choices.some((choice) => choice === value);
    return this.matching(name, isChoice, `one of ${choices.join(", ")}`) as Choice;
  }

  userPoolId(name: string): string {
    return this.matching(name, (value) => /^[\w-]+_[0-9A-Za-z]+$/.test(value), "a user pool's id");
  }

  arn(name: string): string {
    return this.matching(name, (value) => /^arn:[^:\s]+:[^:\s]+:/.test(value), "an ARN");
  }

  /** DATABASE_HOST, DATABASE_PORT and DATABASE_NAME. */
  database(): DatabaseEndpoint {
    return {
      host: this.host("DATABASE_HOST"),
      port: this.port("DATABASE_PORT"),
      name: this.text("DATABASE_NAME"),
    };
  }

  /** REDIS_HOST and REDIS_PORT. */
  redis(): RedisEndpoint {
    return { host: this.host("REDIS_HOST"), port: this.port("REDIS_PORT") };
  }

  private matching(name: string, isAllowed: (value: string) => boolean, allowed: string): string {
    const value = this.variables[name];
    if (value === undefined || value === "") this.problems.push(`${name} is missing; allowed: ${allowed}`);
    else if (!isAllowed(value)) this.problems.push(`${name} is "${value}"; allowed: ${allowed}`);
    return value ?? "";
  }
}

/** Reads a whole environment. Throws one error that names every variable that is missing or malformed. */
export function readEnvironment<T>(variables: NodeJS.ProcessEnv, read: (reader: EnvironmentReader) => T): T {
  const reader = new EnvironmentReader(variables);
  const environment = read(reader);
  if (reader.problems.length > 0)
    throw new Error(`The environment is not valid:\n${reader.problems.map((problem) => `- ${problem}`).join("\n")}`);
  return environment;
}
