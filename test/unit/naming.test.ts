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
  it.each(["a", "dev", "pr-42", "x1", "a-b-c", "bootstrap-2", "my-bootstrap", longest])("may be %s", (suffix) => {
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
    ["bootstrap", `must not be "bootstrap" (the account's state backend and deploy roles have it in their tags)`],
    ["cognito", 'must not contain "cognito" (Cognito refuses it in the domain of the sign-in pages)'],
  ])("may not be %j", (suffix, reason) => {
    expect(validateSuffix(suffix)).toBe(reason);
  });

  const words = fc.array(fc.stringMatching(/^[a-z0-9]{1,7}$/), { minLength: 1, maxLength: 5 });
  const wellFormed = fc
    .tuple(fc.stringMatching(/^[a-z]$/), words)
    .map(([letter, parts]) => letter + parts.join("-"))
    .filter((suffix) => suffix.length <= 20 && !/aws|amazon|cognito|^bootstrap$/.test(suffix));
  const anything = fc.oneof(
    fc.string({ unit: "binary", maxLength: 30 }),
    fc.stringMatching(/^[abz09-]{0,24}$/),
    fc
      .tuple(words, fc.constantFrom("aws", "amazon", "cognito", "--", "é", "\u202e"))
      .map(([parts, odd]) => parts.join(odd)),
  );

  it("is accepted when it is well formed, and then makes names of the form and length that AWS asks for", () => {
    fc.assert(
      fc.property(wellFormed, (suffix) => {
        expect(validateSuffix(suffix)).toBeUndefined();
        for (const type of types) expectAccepted(type, suffix);
      }),
    );
  });

  it("is, whatever it is, accepted only if AWS accepts its names, and refused only for a reason that is true", () => {
    fc.assert(
      fc.property(anything, (suffix) => {
        const reason = validateSuffix(suffix);
        if (reason === undefined) for (const type of types) expectAccepted(type, suffix);
        else expect([reason, isTrue(reason, suffix)]).toEqual([reason, true]);
      }),
      { numRuns: 1000 },
    );
  });

  function isTrue(reason: string, suffix: string): boolean {
    if (reason.startsWith("must have 1 to 20 characters")) {
      return reason.endsWith(` ${suffix.length}`) && (suffix.length === 0 || suffix.length > 20);
    }
    if (reason === form) return !/^[a-z]/.test(suffix) || !/[a-z0-9]$/.test(suffix) || /[^a-z0-9-]/.test(suffix);
    if (reason.startsWith("must not hold two hyphens")) return suffix.includes("--");
    if (reason.startsWith('must not be "bootstrap"')) return suffix === "bootstrap";
    const [, word] = /^must not contain "(\w+)"/.exec(reason) ?? [];
    return word !== undefined && suffix.includes(word);
  }
});

/** What AWS accepts as the name of each kind, as its API references say. */
const nameForms: Record<keyof typeof nameLimits, RegExp> = {
  "API Gateway resource": /^[\w -]{1,128}$/,
  "API Gateway stage": /^[\w-]{1,128}$/,
  "CloudTrail trail": /^(?=.{3,128}$)[a-zA-Z0-9]([._-]?[a-zA-Z0-9])*$/,
  "CloudWatch alarm": /^[ -~]{1,255}$/,
  "CloudWatch dashboard": /^[\w-]{1,255}$/,
  "CloudWatch Logs query": /^[ -~]{1,255}$/,
  "CloudWatch log group": /^[.\-_/#A-Za-z0-9]{1,512}$/,
  "Cognito domain prefix": /^(?!.*(aws|amazon|cognito))[a-z0-9](?:[a-z0-9-]{0,48}[a-z0-9])?$/,
  "Cognito user pool": /^[\w\s+=,.@-]{1,128}$/,
  "EC2 Name tag": /^[ -~]{1,256}$/,
  "EC2 security group": /^(?!sg-)[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]{1,255}$/,
  "ECS resource": /^[\w-]{1,255}$/,
  "ElastiCache parameter group": /^(?=.{1,255}$)[a-z](-?[a-z0-9])*$/,
  "ElastiCache replication group": /^(?=.{1,40}$)[a-z](-?[a-z0-9])*$/,
  "ElastiCache subnet group": /^[a-z0-9-]{1,255}$/,
  "EventBridge rule": /^[.\-_A-Za-z0-9]{1,64}$/,
  "IAM role or policy": /^[\w+=,.@-]{1,64}$/,
  "KMS alias": /^(?!aws\/)[\w/-]{1,250}$/,
  "Lambda function": /^[\w-]{1,64}$/,
  "RDS group": /^(?=.{1,255}$)[a-z](-?[a-z0-9])*$/,
  "RDS instance": /^(?=.{1,63}$)[a-z](-?[a-z0-9])*$/,
  "S3 bucket": /^(?!xn--|sthree-)[a-z0-9][a-z0-9-]{1,48}[a-z0-9]$/,
  "Secrets Manager secret": /^[\w/+=.@-]{1,512}$/,
  "SNS topic": /^[\w-]{1,256}$/,
  "WAF resource": /^[\w-]{1,128}$/,
};

function expectAccepted(type: ResourceType, suffix: string): void {
  expect(resourceName(type, suffix)).toMatch(nameForms[resourceTypes[type]]);
}

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
