import { Command } from "commander";
import {
  accountConfig,
  assertLoopback,
  clientConfig,
  localAwsEnvironment,
  regionOption,
} from "../../tools/aws-environment";

const original = process.env;

afterEach(() => {
  process.env = original;
});

it.each(["http://localhost:5000", "http://127.0.0.1:80", "http://[::1]:5000", "https://123456789012.localhost:1"])(
  "takes %s for this machine",
  (endpoint) => {
    expect(() => {
      assertLoopback(endpoint);
    }).not.toThrow();
  },
);

it.each([
  "https://rds.eu-west-1.amazonaws.com",
  "http://10.0.0.1",
  "http://localhost.example.com",
  "http://127.0.0.1.example.com",
  "localhost:5000",
  "",
])("refuses %j", (endpoint) => {
  expect(() => {
    assertLoopback(endpoint);
  }).toThrow(`AWS_ENDPOINT_URL is "${endpoint}". The local commands only talk to this machine`);
});

it("hands children none of the user's AWS settings", () => {
  process.env = {
    PATH: "/bin",
    AWS_PROFILE: "hospital",
    AWS_ACCESS_KEY_ID: "AKIA-REAL",
    AWS_SESSION_TOKEN: "real",
    AWS_REGION: "us-east-1",
    AWS_ENDPOINT_URL_RDS: "https://rds.example.com",
  };
  expect(localAwsEnvironment("http://localhost:5000")).toEqual({
    PATH: "/bin",
    AWS_ACCESS_KEY_ID: "testing",
    AWS_SECRET_ACCESS_KEY: "testing",
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_ENDPOINT_URL: "http://localhost:5000",
  });
});

it("reaches a local AWS by its URL and with credentials that are worth nothing", () => {
  expect(clientConfig("http://localhost:5000")).toEqual({
    endpoint: "http://localhost:5000",
    region: "eu-west-1",
    credentials: { accessKeyId: "testing", secretAccessKey: "testing" },
  });
});

it("reaches the user's account with what the SDK finds, and patiently", () => {
  process.env = {};
  expect(accountConfig("eu-central-1")).toEqual({ region: "eu-central-1", maxAttempts: 10, retryMode: "adaptive" });
});

it("does not take a local AWS for the user's account", () => {
  process.env = { AWS_ENDPOINT_URL: "http://localhost:5000" };
  expect(() => accountConfig("eu-west-1")).toThrow(
    'AWS_ENDPOINT_URL is "http://localhost:5000", which is not AWS. Unset it, or add --local to use it.',
  );
});

describe("a region", () => {
  const parsed = (...options: string[]) =>
    new Command()
      .exitOverride()
      .configureOutput({ writeErr: () => undefined })
      .addOption(regionOption())
      .parse(options, {
        from: "user",
      })
      .opts();

  it("is eu-west-1 unless given", () => {
    expect(parsed()).toEqual({ region: "eu-west-1" });
    expect(parsed("--region", "us-gov-west-1")).toEqual({ region: "us-gov-west-1" });
  });

  it.each(["eu-west1", "Ireland", ""])("is refused where it is none: %j", (region) => {
    expect(() => parsed("--region", region)).toThrow(/is invalid\. It must be an AWS region such as eu-west-1\.$/);
  });
});
