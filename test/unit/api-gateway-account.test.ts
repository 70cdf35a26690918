import * as aws from "@pulumi/aws";
import { ApiGatewayAccount, apiGatewayAccountRoleExists } from "../../lib/api-gateway-account";
import { statements } from "./fixtures";
import { counts, only, record, refusal, type Recorded } from "./recorder";

const deploy = (roleExists: boolean) =>
  record(() => new ApiGatewayAccount("api-gateway-account", { partition: "aws", roleExists }));

describe("ApiGatewayAccount", () => {
  let recorded: Recorded[];
  beforeAll(async () => {
    recorded = await deploy(false);
  });

  it("is a role with its permission, and the account's setting", () => {
    expect(counts(recorded)).toEqual({
      "aws:iam/role:Role": 1,
      "aws:iam/rolePolicyAttachment:RolePolicyAttachment": 1,
      "aws:apigateway/account:Account": 1,
    });
  });

  it("lets API Gateway, and nobody else, write logs", () => {
    const { assumeRolePolicy, ...inputs } = only(recorded, "aws:iam/role:Role").inputs;
    expect(inputs).toEqual({
      name: "api-gateway-cloudwatch-logs",
      description: "Lets API Gateway write logs; shared by all environments of the account",
    });
    expect(statements(assumeRolePolicy)).toEqual([
      { Effect: "Allow", Principal: { Service: "apigateway.amazonaws.com" }, Action: "sts:AssumeRole" },
    ]);
    expect(only(recorded, "aws:iam/rolePolicyAttachment:RolePolicyAttachment").inputs).toEqual({
      role: "api-gateway-cloudwatch-logs",
      policyArn: "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs",
    });
  });

  it("is set once the role has its permission", () => {
    const account = only(recorded, "aws:apigateway/account:Account");
    expect(account.inputs).toEqual({ cloudwatchRoleArn: "arn:Role-api-gateway-logs" });
    expect(account.dependsOn).toEqual(["RolePolicyAttachment api-gateway-logs"]);
  });

  it.each(["aws:iam/role:Role", "aws:iam/rolePolicyAttachment:RolePolicyAttachment", "aws:apigateway/account:Account"])(
    "leaves %s in place when an environment goes, for the others",
    (type) => {
      expect(only(recorded, type).retainOnDelete).toBe(true);
    },
  );

  it("makes the role in a fresh account, and adopts the one of an environment before", async () => {
    expect(only(recorded, "aws:iam/role:Role").importId).toBe("");
    expect(only(await deploy(true), "aws:iam/role:Role").importId).toBe("api-gateway-cloudwatch-logs");
  });
});

describe("the question whether the account has the role", () => {
  const ask = async (answer: (name: unknown) => object) => {
    let exists: boolean | undefined;
    await record(
      async () => {
        const provider = new aws.Provider("account", { region: "eu-west-1" });
        exists = await apiGatewayAccountRoleExists({ provider });
      },
      { calls: { "aws:iam/getRole:getRole": ({ name }) => answer(name) } },
    );
    return exists;
  };

  it("is answered yes when AWS knows it", async () => {
    await expect(ask((name) => ({ arn: `arn:${String(name)}` }))).resolves.toBe(true);
  });

  it.each([
    "reading IAM Role (api-gateway-cloudwatch-logs): couldn't find resource",
    "NoSuchEntity: The role with name api-gateway-cloudwatch-logs cannot be found.",
    "operation error IAM: GetRole: role not found",
  ])("is answered no when AWS says: %s", async (details) => {
    await expect(
      ask(() => {
        throw refusal(details);
      }),
    ).resolves.toBe(false);
  });

  it("is not answered when AWS refuses it", async () => {
    await expect(
      ask(() => {
        throw refusal("AccessDenied: not authorized to perform: iam:GetRole");
      }),
    ).rejects.toThrow("AccessDenied");
  });
});
