import "./mocked-bundle";
import { isolated, recordProgram } from "./program";

/** What AWS takes in the description of a resource; the local AWS takes anything. */
const allowed: Record<string, RegExp> = {
  // EC2 API reference, CreateSecurityGroup and IpRange, "Description".
  ...Object.fromEntries(
    [
      "aws:ec2/securityGroup:SecurityGroup",
      "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
      "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    ].map((type) => [type, /^[\w .:/()#,@[\]+=&;{}!$*-]{1,255}$/]),
  ),
  // IAM API reference, CreateRole, "Description".
  "aws:iam/role:Role": /^[\t\n\r -~¡-ÿ]{1,1000}$/,
  "aws:iam/policy:Policy": /^.{1,1000}$/,
  // WAFV2 API reference, CreateWebACL, "Description".
  "aws:wafv2/webAcl:WebAcl": /^[\w+=:#@/,.-][\w+=:#@/\-,.\s]{1,254}[\w+=:#@/,.-]$/,
  // Lambda API reference, CreateFunction, "Description".
  "aws:lambda/function:Function": /^.{1,256}$/,
  // KMS API reference, CreateKey, "Description".
  "aws:kms/key:Key": /^.{1,8192}$/,
  // Secrets Manager API reference, CreateSecret, "Description".
  "aws:secretsmanager/secret:Secret": /^.{1,2048}$/,
  // EventBridge API reference, PutRule, "Description".
  "aws:cloudwatch/eventRule:EventRule": /^.{1,512}$/,
  // No limits are documented of these.
  "aws:apigateway/stage:Stage": /^.+$/,
  "aws:apigateway/usagePlan:UsagePlan": /^.+$/,
  "aws:elasticache/parameterGroup:ParameterGroup": /^.+$/,
  "aws:elasticache/replicationGroup:ReplicationGroup": /^.+$/,
  "aws:elasticache/subnetGroup:SubnetGroup": /^.+$/,
  "aws:rds/parameterGroup:ParameterGroup": /^.+$/,
  "aws:rds/subnetGroup:SubnetGroup": /^.+$/,
};

it.each<[string, Record<string, string>]>([
  ["with NAT, and a trail", { auditTrail: "true" }],
  ["without NAT", isolated],
])("descriptions are such as AWS takes, %s", async (_, configuration) => {
  const described = (await recordProgram(configuration)).filter(({ inputs }) => "description" in inputs);
  expect(described.length).toBeGreaterThan(50);
  expect(
    described
      .filter(({ type, inputs }) => !allowed[type]?.test(String(inputs.description)))
      .map(({ type, name, inputs }) => `${type} ${name}: ${String(inputs.description)}`),
  ).toEqual([]);
});
