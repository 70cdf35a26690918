import fc from "fast-check";
import {
  environmentTags,
  maximumSuffixLength,
  nameLimits,
  phiTags,
  resourceName,
  resourceTypes,
  serviceLogGroups,
  validateSuffix,
  type ResourceType,
} from "../../lib/naming";

const types = Object.keys(resourceTypes) as ResourceType[];
const longest = "a-suffix-of-20-chars";

describe("a physical name", () => {
  it("is the resource type and the suffix", () => {
    expect(resourceName("vpc", "dev")).toBe("vpc-dev");
    expect(resourceName("rds-postgres", "pr-42")).toBe("rds-postgres-pr-42");
  });

  it.each(types)("of %s fits the limit of AWS with the longest suffix", (type) => {
    expect(longest).toHaveLength(maximumSuffixLength);
    expect(resourceName(type, longest).length).toBeLessThanOrEqual(nameLimits[resourceTypes[type]]);
  });

  it.each(types)("of %s is such as RDS, ElastiCache and all others accept", (type) => {
    expect(resourceName(type, longest)).toMatch(/^[a-z](-?[a-z0-9])*$/);
  });

  it("is unique where AWS asks for it: no resource type is another of its kind with the beginning of a suffix", () => {
    const unique = types.filter((type) => resourceTypes[type] !== "EC2 Name tag");
    const confusable = unique.filter((type) =>
      unique.some((other) => resourceTypes[other] === resourceTypes[type] && type.startsWith(`${other}-`)),
    );
    expect(confusable).toEqual([]);
  });

  it("is limited by what AWS says", () => {
    expect(nameLimits).toEqual({
      "CloudWatch alarm": 255,
      "CloudWatch dashboard": 255,
      "CloudWatch log group": 512,
      "CloudWatch Logs query": 255,
      "CloudTrail trail": 128,
      "Cognito user pool": 128,
      "Cognito domain prefix": 50,
      "EC2 Name tag": 256,
      "EC2 security group": 255,
      "ECS resource": 255,
      "ElastiCache parameter group": 255,
      "ElastiCache replication group": 40,
      "ElastiCache subnet group": 255,
      "EventBridge rule": 64,
      "IAM role or policy": 64,
      "KMS alias": 250,
      "Lambda function": 64,
      "API Gateway resource": 128,
      "API Gateway stage": 128,
      "RDS instance": 63,
      "RDS group": 255,
      "S3 bucket": 50,
      "Secrets Manager secret": 512,
      "SNS topic": 256,
      "WAF resource": 128,
    });
  });
});

describe("a suffix", () => {
  it.each(["a", "dev", "pr-42", "x1", "a-b-c", longest])("may be %s", (suffix) => {
    expect(validateSuffix(suffix)).toBeUndefined();
  });

  const form =
    "must begin with a letter, end with a letter or digit, and hold only lower-case letters, digits and hyphens";
  it.each([
    ["", "must have 1 to 20 characters; it has 0"],
    ["a-suffix-of-21-charss", "must have 1 to 20 characters; it has 21"],
    ["Dev", form],
    ["1a", form],
    ["-a", form],
    ["a-", form],
    ["a_b", form],
    ["a.b", form],
    ["a b", form],
    ["é", form],
    ["dev\n", form],
    ["a--b", "must not hold two hyphens in a row (RDS and ElastiCache refuse such identifiers)"],
    ["my-aws", 'must not contain "aws" (Cognito refuses it in the domain of the sign-in pages)'],
    ["amazonas", 'must not contain "amazon" (Cognito refuses it in the domain of the sign-in pages)'],
    ["cognito", 'must not contain "cognito" (Cognito refuses it in the domain of the sign-in pages)'],
  ])("may not be %j", (suffix, reason) => {
    expect(validateSuffix(suffix)).toBe(reason);
  });

  it("is accepted or refused for a reason, whatever it is; each accepted one makes names that AWS accepts", () => {
    const texts = fc.oneof(fc.string({ unit: "binary", maxLength: 30 }), fc.stringMatching(/^[abz09-]{0,24}$/));
    fc.assert(
      fc.property(texts, (suffix) => {
        const reason = validateSuffix(suffix);
        if (reason !== undefined) expect(reason).toMatch(/^must (have 1 to 20|begin with|not hold two|not contain)/);
        else expect(resourceName("redis", suffix)).toMatch(/^(?=.{1,40}$)[a-z](-?[a-z0-9])*$/);
      }),
      { numRuns: 500 },
    );
  });
});

describe("the log groups that AWS names", () => {
  it("are named as its user guides say", () => {
    expect(serviceLogGroups.lambda("records-service-dev")).toBe("/aws/lambda/records-service-dev");
    expect(serviceLogGroups.rds("rds-postgres-dev", "upgrade")).toBe("/aws/rds/instance/rds-postgres-dev/upgrade");
    expect(serviceLogGroups.apiExecution("abc123", "dev")).toBe("API-Gateway-Execution-Logs_abc123/dev");
    expect(serviceLogGroups.containerInsights("ecs-dev")).toBe("/aws/ecs/containerinsights/ecs-dev/performance");
  });
});

describe("the tags", () => {
  it("say which environment of which project it is and who manages it, whatever the user's own say", () => {
    expect(environmentTags("dev", { Team: "records", Environment: "mine", Project: "mine", ManagedBy: "me" })).toEqual({
      Team: "records",
      Environment: "dev",
      Project: "tap",
      ManagedBy: "pulumi",
    });
  });

  it("mark patients' data", () => {
    expect(phiTags).toEqual({ DataClassification: "phi" });
  });
});
