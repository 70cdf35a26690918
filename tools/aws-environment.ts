import { InvalidArgumentError, Option } from "commander";
import { settings } from "../lib/config";
import { UserError } from "./cli";
import type { ClientConfig } from "./leftovers/inventory";

/** The credentials moto accepts; they are worth nothing anywhere else. */
export const testCredentials = { accessKeyId: "testing", secretAccessKey: "testing" };

/** Refuses everything that is not on this machine, so that a local command can never reach a real account. */
export function assertLoopback(endpoint: string): void {
  const { hostname } = URL.canParse(endpoint) ? new URL(endpoint) : { hostname: "" };
  if (!/^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname)) {
    throw new UserError(
      `AWS_ENDPOINT_URL is "${endpoint}". The local commands only talk to this machine: use a URL like http://localhost:5000, or unset it.`,
    );
  }
}

/** The environment for a child process that may only see the local AWS: nothing of the user's own AWS settings is left in it. */
export function localAwsEnvironment(endpoint: string): NodeJS.ProcessEnv {
  assertLoopback(endpoint);
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("AWS_"));
  return {
    ...Object.fromEntries(inherited),
    AWS_ACCESS_KEY_ID: testCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: testCredentials.secretAccessKey,
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_ENDPOINT_URL: endpoint,
  };
}

/** How the AWS SDK reaches the local AWS. */
export function clientConfig(endpoint: string): ClientConfig {
  return { endpoint, region: settings.region.default, credentials: testCredentials };
}

/**
 * How the AWS SDK reaches the user's account in AWS, with the credentials that it finds itself: environment, profile, sign-on, role.
 * @throws UserError where AWS_ENDPOINT_URL names a local AWS, which the SDK would use instead.
 */
export function accountConfig(region: string): ClientConfig {
  const endpoint = process.env.AWS_ENDPOINT_URL;
  if (endpoint) {
    throw new UserError(`AWS_ENDPOINT_URL is "${endpoint}", which is not AWS. Unset it, or add --local to use it.`);
  }
  return patientConfig(region);
}

/** How to look through a whole account, which holds much besides ours: that meets AWS's request limits. */
export function patientConfig(region: string): ClientConfig {
  return { region, maxAttempts: 10, retryMode: "adaptive" };
}

/** `--region`, as the program takes it. */
export function regionOption(): Option {
  const { allowed, default: usual, parse } = settings.region;
  return new Option("--region <region>", "region of the environment").default(usual).argParser((value) => {
    if (parse(value) === undefined) throw new InvalidArgumentError(`It must be ${allowed}.`);
    return value;
  });
}
