import { GetLoggingConfigurationCommand, GetWebACLForResourceCommand, type WebACL } from "@aws-sdk/client-wafv2";
import { testBeyond } from "./local-limits";
import { arnOf, aws, environmentSuffix, nameOf, outputs, partition, present } from "./stack";

let webAcl: WebACL;

beforeAll(async () => {
  webAcl = await findWebAcl();
});

async function findWebAcl(): Promise<WebACL> {
  const { apiId, region } = outputs;
  const ResourceArn = `arn:${partition}:apigateway:${region}::/restapis/${apiId}/stages/${environmentSuffix}`;
  const { WebACL } = await aws.waf.send(new GetWebACLForResourceCommand({ ResourceArn }));
  return present(WebACL, "web ACL of the stage");
}

const visibility = (MetricName: string) => ({
  SampledRequestsEnabled: false,
  CloudWatchMetricsEnabled: true,
  MetricName,
});

test("lets through what no rule blocks", () => {
  expect(webAcl).toMatchObject({
    Name: nameOf("records-waf"),
    DefaultAction: { Allow: {} },
    VisibilityConfig: visibility(nameOf("records-waf")),
  });
});

test("blocks addresses that ask too often first, then what AWS's managed rules know", () => {
  const [rate, ...managed] = (webAcl.Rules ?? []).toSorted((a, b) => (a.Priority ?? 0) - (b.Priority ?? 0));
  const { Limit, ...statement } = rate?.Statement?.RateBasedStatement ?? {};
  expect(Limit).toBeGreaterThanOrEqual(100);
  expect(statement).toEqual({ AggregateKeyType: "IP", EvaluationWindowSec: 300 });
  expect(rate).toMatchObject({
    Name: "RateLimit",
    Priority: 0,
    Action: { Block: {} },
    VisibilityConfig: visibility("RateLimit"),
  });
  const rule = (Name: string, index: number, overrides?: object) => ({
    Name,
    Priority: index + 1,
    OverrideAction: { None: {} },
    Statement: { ManagedRuleGroupStatement: { VendorName: "AWS", Name, ...overrides } },
    VisibilityConfig: visibility(Name),
  });
  const counts = (name: string) => ({ RuleActionOverrides: [{ Name: name, ActionToUse: { Count: {} } }] });
  const found = managed.map(({ Name, Priority, OverrideAction, Statement, VisibilityConfig }) => ({
    Name,
    Priority,
    OverrideAction,
    Statement,
    VisibilityConfig,
  }));
  expect(found).toEqual([
    rule("AWSManagedRulesAmazonIpReputationList", 0),
    rule("AWSManagedRulesAnonymousIpList", 1, counts("HostingProviderIPList")),
    rule("AWSManagedRulesKnownBadInputsRuleSet", 2),
    rule("AWSManagedRulesSQLiRuleSet", 3),
    rule("AWSManagedRulesAdminProtectionRuleSet", 4),
    rule("AWSManagedRulesCommonRuleSet", 5, counts("SizeRestrictions_BODY")),
  ]);
});

test("logs to the encrypted group, without what names a patient or signs in", async () => {
  const { LoggingConfiguration } = await aws.waf.send(
    new GetLoggingConfigurationCommand({ ResourceArn: present(webAcl.ARN, "ARN of the web ACL") }),
  );
  expect(LoggingConfiguration?.LogDestinationConfigs).toEqual([arnOf("logs", `log-group:${nameOf("aws-waf-logs")}`)]);
  const redacted = (LoggingConfiguration?.RedactedFields ?? []).map((field) => JSON.stringify(field)).sort();
  expect(redacted).toEqual(
    [
      { QueryString: {} },
      { SingleHeader: { Name: "authorization" } },
      { SingleHeader: { Name: "cookie" } },
      { UriPath: {} },
    ].map((field) => JSON.stringify(field)),
  );
  expect(LoggingConfiguration?.LoggingFilter).toBeUndefined();
});

testBeyond("the firewall's data protection", "quotes neither query nor body where a rule matches", async () => {
  const { DataProtectionConfig } = await findWebAcl();
  const protection = (FieldType: string) => ({
    Field: { FieldType },
    Action: "SUBSTITUTION",
    ExcludeRuleMatchDetails: false,
    ExcludeRateBasedDetails: false,
  });
  // These fields have no keys; AWS may say so by an empty list of them.
  expect(DataProtectionConfig?.DataProtections).toMatchObject(["QUERY_STRING", "BODY"].map(protection));
});
