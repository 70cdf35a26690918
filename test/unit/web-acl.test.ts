import { WebAcl } from "../../lib/web-acl";
import { environment, logs } from "./fixtures";
import { counts, only, record, type Recorded } from "./recorder";

const visibility = (metricName: string) => ({
  cloudwatchMetricsEnabled: true,
  metricName,
  sampledRequestsEnabled: false,
});

const managed = (priority: number, name: string, ruleActionOverrides: object[] = []) => ({
  name,
  priority,
  overrideAction: { none: {} },
  statement: { managedRuleGroupStatement: { vendorName: "AWS", name, ruleActionOverrides } },
  visibilityConfig: visibility(name),
});

describe("WebAcl", () => {
  let recorded: Recorded[];
  beforeAll(async () => {
    recorded = await record(() => new WebAcl("web-acl", { environment, stageArn: "arn:stage", rateLimit: 2000, logs }));
  });

  it("is one firewall with its log, in front of one stage", () => {
    expect(counts(recorded)).toEqual({
      "aws:wafv2/webAcl:WebAcl": 1,
      "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": 1,
      "aws:wafv2/webAclAssociation:WebAclAssociation": 1,
      "aws:cloudwatch/logGroup:LogGroup": 1,
    });
  });

  it("blocks addresses that ask too much, and what AWS's managed rules know to be bad, without keeping samples", () => {
    expect(only(recorded, "aws:wafv2/webAcl:WebAcl").inputs).toEqual({
      name: "records-waf-pr-7",
      description: "Firewall of the records API",
      scope: "REGIONAL",
      defaultAction: { allow: {} },
      rules: [
        {
          name: "RateLimit",
          priority: 0,
          action: { block: {} },
          statement: { rateBasedStatement: { limit: 2000, aggregateKeyType: "IP", evaluationWindowSec: 300 } },
          visibilityConfig: visibility("RateLimit"),
        },
        managed(1, "AWSManagedRulesAmazonIpReputationList"),
        managed(2, "AWSManagedRulesAnonymousIpList", [{ name: "HostingProviderIPList", actionToUse: { count: {} } }]),
        managed(3, "AWSManagedRulesKnownBadInputsRuleSet"),
        managed(4, "AWSManagedRulesSQLiRuleSet"),
        managed(5, "AWSManagedRulesAdminProtectionRuleSet"),
        managed(6, "AWSManagedRulesCommonRuleSet", [{ name: "SizeRestrictions_BODY", actionToUse: { count: {} } }]),
      ],
      visibilityConfig: visibility("records-waf-pr-7"),
      dataProtectionConfig: {
        dataProtections: ["QUERY_STRING", "BODY"].map((fieldType) => ({
          field: { fieldType },
          action: "SUBSTITUTION",
          excludeRuleMatchDetails: false,
          excludeRateBasedDetails: false,
        })),
      },
    });
    expect(only(recorded, "aws:wafv2/webAcl:WebAcl").ignoreChanges).toEqual(["dataProtectionConfig"]);
  });

  it("stands in front of the stage", () => {
    expect(only(recorded, "aws:wafv2/webAclAssociation:WebAclAssociation").inputs).toEqual({
      resourceArn: "arn:stage",
      webAclArn: "arn:WebAcl-records",
    });
  });

  it("logs without paths, queries and what signs in, to an encrypted group that expires", () => {
    expect(only(recorded, "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration").inputs).toEqual({
      resourceArn: "arn:WebAcl-records",
      logDestinationConfigs: ["arn:LogGroup-waf"],
      redactedFields: [
        { uriPath: {} },
        { queryString: {} },
        { singleHeader: { name: "authorization" } },
        { singleHeader: { name: "cookie" } },
      ],
    });
    expect(only(recorded, "aws:cloudwatch/logGroup:LogGroup").inputs).toEqual({
      name: "aws-waf-logs-pr-7",
      kmsKeyId: "arn:logs-key",
      retentionInDays: 30,
    });
  });

  it("tells its ARN", () => {
    expect(only(recorded, "tap:api:WebAcl").outputs).toEqual({ arn: "arn:WebAcl-records" });
  });
});
