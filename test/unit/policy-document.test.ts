import { allowed, hasCondition, isAnything, namesNone, refusesPlainText } from "../../policy/policy-document";

const statementWith = (Condition: object, more: object = {}) => {
  const [statement] = allowed(
    JSON.stringify({ Statement: { Effect: "Allow", Action: "kms:Decrypt", Condition, ...more } }),
  );
  if (!statement) throw new Error("there is no statement");
  return statement;
};

describe("a statement", () => {
  it.each([
    { StringEquals: { "aws:SourceAccount": "123456789012" } },
    { StringLike: { "aws:SourceArn": "arn:aws:rds:eu-west-1:123456789012:db:*" } },
    { ArnLike: { "aws:SourceArn": ["arn:aws:s3:::bucket", "arn:aws:logs:eu-west-1:123456789012:log-group:*"] } },
    { "ForAnyValue:StringEquals": { "aws:SourceArn": "arn:aws:s3:::bucket" } },
    { ArnEquals: { "kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::bucket" } },
  ])("has the condition %j", (condition) => {
    const keys = ["aws:SourceAccount", "aws:SourceArn", "kms:EncryptionContext:"];
    expect(hasCondition(statementWith(condition), ...keys)).toBe(true);
    expect(hasCondition(statementWith(condition), "kms:ViaService", "kms:EncryptionContext")).toBe(false);
  });

  it.each([
    { StringEqualsIfExists: { "aws:SourceAccount": "123456789012" } },
    { StringNotEquals: { "aws:SourceAccount": "123456789012" } },
    { "ForAllValues:StringEquals": { "aws:SourceAccount": "123456789012" } },
    { Null: { "aws:SourceAccount": "false" } },
    { StringLike: { "aws:SourceAccount": "*" } },
    { StringLike: { "aws:SourceAccount": ["123456789012", "?*"] } },
    { StringEquals: { "aws:SourceAccount": [] } },
  ])("is met by others in spite of %j", (condition) => {
    expect(hasCondition(statementWith(condition), "aws:SourceAccount")).toBe(false);
  });

  it("that allows something does not refuse plain text", () => {
    const allowing = statementWith({ Bool: { "aws:SecureTransport": "false" } }, { Principal: "*" });
    expect(refusesPlainText(allowing, "kms:Decrypt")).toBe(false);
    expect(refusesPlainText({ ...allowing, allows: false }, "kms:Decrypt")).toBe(true);
    expect(refusesPlainText({ ...allowing, allows: false }, "kms:Encrypt")).toBe(false);
  });
});

describe("a pattern", () => {
  it.each([
    "*",
    "**",
    "arn:*",
    "arn:aws:*",
    "arn:aws-cn:*:*:*:*",
    "arn:aws:kms:*",
    "arn:aws:kms:*:*:*",
    "arn:aws:s3:::*",
  ])("%s is met by anything", (pattern) => {
    expect(isAnything(pattern)).toBe(true);
    expect(namesNone(pattern)).toBe(true);
  });

  it.each([
    "arn:aws:kms:eu-west-1:123456789012:key/*",
    "arn:aws:secretsmanager:eu-west-1:123456789012:secret:*",
    "arn:aws:ec2:eu-west-1:123456789012:*/*",
    "arn:aws:sns:eu-west-1:123456789012:*",
    "arn:aws:s3:::*/*",
  ])("%s names no resource", (pattern) => {
    expect(namesNone(pattern)).toBe(true);
  });

  it.each([
    "arn:aws:kms:eu-west-1:123456789012:key/1234",
    "arn:aws:logs:eu-west-1:123456789012:log-group:audit-dev:*",
    "arn:aws:secretsmanager:eu-west-1:123456789012:secret:rds!db-*",
    "arn:aws:s3:::bucket/*",
    "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3/*",
  ])("%s names one", (pattern) => {
    expect(isAnything(pattern)).toBe(false);
    expect(namesNone(pattern)).toBe(false);
  });
});
