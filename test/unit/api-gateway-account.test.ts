import * as aws from "@pulumi/aws";
import {
  ApiGatewayAccount,
  type ApiGatewayAccountRole,
  findApiGatewayAccountRole,
} from "../../lib/api-gateway-account";
import { statements } from "./fixtures";
import { counts, only, record, refusal, type Recorded } from "./recorder";

const deploy = (existingRole?: ApiGatewayAccountRole, permissionsBoundary?: string) =>
  record(() => new ApiGatewayAccount("account", { partition: "aws", existingRole, permissionsBoundary }));

describe("ApiGatewayAccount", () => {
  let recorded: Recorded[];
  beforeAll(async () => {
    recorded = await deploy();
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
    const adopted = only(await deploy({ permissionsBoundary: undefined }), "aws:iam/role:Role");
    expect(adopted.importId).toBe("api-gateway-cloudwatch-logs");
  });

  it("takes no offence at what the account's owners have changed in the role that it adopts", async () => {
    expect(only(recorded, "aws:iam/role:Role").ignoreChanges).toEqual([]);
    expect(only(await deploy({ permissionsBoundary: undefined }), "aws:iam/role:Role").ignoreChanges).toEqual([
      "description",
      "tags",
    ]);
  });

  it("limits the role that it makes, and leaves the one that it adopts as it is", async () => {
    const boundary = async (...args: Parameters<typeof deploy>) =>
      only(await deploy(...args), "aws:iam/role:Role").inputs.permissionsBoundary;
    expect(await boundary(undefined, "arn:limits")).toBe("arn:limits");
    expect(await boundary({ permissionsBoundary: undefined }, "arn:limits")).toBeUndefined();
    expect(await boundary({ permissionsBoundary: "arn:others" }, "arn:limits")).toBe("arn:others");
  });
});

describe("the question whether the account has the role", () => {
  const ask = async (answer: (name: unknown) => object) => {
    let role: ApiGatewayAccountRole | undefined;
    await record(
      async () => {
        const provider = new aws.Provider("account", { region: "eu-west-1" });
        role = await findApiGatewayAccountRole({ provider });
      },
      { calls: { "aws:iam/getRole:getRole": ({ name }) => answer(name) } },
    );
    return role;
  };

  it("is answered with the role's limits when AWS knows it", async () => {
    const planned = (permissionsBoundary: string) => (name: unknown) => ({
      arn: `arn:${String(name)}`,
      permissionsBoundary,
    });
    await expect(ask(planned(""))).resolves.toEqual({ permissionsBoundary: undefined });
    await expect(ask(planned("arn:limits"))).resolves.toEqual({ permissionsBoundary: "arn:limits" });
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
    ).resolves.toBeUndefined();
  });

  it("is not answered when AWS refuses it", async () => {
    await expect(
      ask(() => {
        throw refusal("AccessDenied: not authorized to perform: iam:GetRole");
      }),
    ).rejects.toThrow("AccessDenied");
  });
});
