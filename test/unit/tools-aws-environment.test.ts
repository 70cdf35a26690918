import { assertLoopback, localAwsEnvironment } from "../../tools/aws-environment";

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
