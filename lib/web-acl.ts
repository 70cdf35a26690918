import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type Environment } from "./environment";
import { createLogGroup, type LogGroupsArgs } from "./log-groups";
import { resourceName } from "./naming";

export interface WebAclArgs {
  environment: Environment;
  /** ARN of the API's stage. */
  stageArn: pulumi.Input<string>;
  /** Requests in five minutes after which a client address is blocked; at least 100. */
  rateLimit: number;
  /** For the firewall's log. */
  logs: LogGroupsArgs;
}

/** AWS managed rule groups in the order in which they run, cheapest refusals first (WAF developer guide, "AWS Managed Rules rule groups list"). */
export const managedRuleGroups = [
  "AWSManagedRulesAmazonIpReputationList",
  "AWSManagedRulesAnonymousIpList",
  "AWSManagedRulesKnownBadInputsRuleSet",
  "AWSManagedRulesSQLiRuleSet",
  "AWSManagedRulesAdminProtectionRuleSet",
  "AWSManagedRulesCommonRuleSet",
] as const;

/**
 * Rules of the managed groups that only count. Hospitals call from data centres, whose addresses the first one blocks; records are longer
 * than the 8 KiB that the second one allows, and the service has a limit of its own.
 */
const countedRules: Partial<Record<(typeof managedRuleGroups)[number], string[]>> = {
  AWSManagedRulesAnonymousIpList: ["HostingProviderIPList"],
  AWSManagedRulesCommonRuleSet: ["SizeRestrictions_BODY"],
};

/**
 * The firewall in front of the API: AWS's managed rules and a rate limit for each client address, its log without anything that
 * could identify a patient or sign in (45 CFR 164.312(e)(1), FSBP APIGateway.4; Security Hub WAF.11).
 */
export class WebAcl extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(
    name: string,
    private readonly args: WebAclArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("tap:api:WebAcl", name, {}, opts);

    const webAcl = this.createWebAcl();
    this.createLogging(webAcl);
    this.createAssociation(webAcl);
    this.arn = webAcl.arn;

    this.registerOutputs({ arn: this.arn });
  }

  private createWebAcl() {
    const name = resourceName("records-waf", this.args.environment.environmentSuffix);
    return new aws.wafv2.WebAcl(
      "records",
      {
        name,
        description: "Firewall of the records API",
        scope: "REGIONAL",
        defaultAction: { allow: {} },
        rules: [this.rateRule(), ...managedRuleGroups.map(managedRule)],
        visibilityConfig: visibility(name),
        // What a rule has found would stand in the log with the details of its match, redacted fields or not.
        dataProtectionConfig: {
          dataProtections: ["QUERY_STRING", "BODY"].map((fieldType) => ({
            field: { fieldType },
            action: "SUBSTITUTION",
            excludeRuleMatchDetails: false,
            excludeRateBasedDetails: false,
          })),
        },
      },
      // The local AWS keeps nothing of it, so that each `up` would set it again, and no rule of policy/ can hold it there; whether AWS still has it, the integration suite asks.
      { parent: this, ignoreChanges: ["dataProtectionConfig"] },
    );
  }

  private rateRule() {
    return {
      name: "RateLimit",
      priority: 0,
      action: { block: {} },
      statement: {
        rateBasedStatement: { limit: this.args.rateLimit, aggregateKeyType: "IP", evaluationWindowSec: 300 },
      },
      visibilityConfig: visibility("RateLimit"),
    };
  }

  private createLogging(webAcl: aws.wafv2.WebAcl) {
    const { environment, logs } = this.args;
    const logGroup = createLogGroup(this, "waf", resourceName("aws-waf-logs", environment.environmentSuffix), logs);
    new aws.wafv2.WebAclLoggingConfiguration(
      "records",
      {
        resourceArn: webAcl.arn,
        logDestinationConfigs: [logGroup.arn],
        // Paths and queries name patients; the headers sign in.
        redactedFields: [
          { uriPath: {} },
          { queryString: {} },
          { singleHeader: { name: "authorization" } },
          { singleHeader: { name: "cookie" } },
        ],
      },
      { parent: this },
    );
  }

  private createAssociation(webAcl: aws.wafv2.WebAcl) {
    new aws.wafv2.WebAclAssociation(
      "records",
      { resourceArn: this.args.stageArn, webAclArn: webAcl.arn },
      { parent: this },
    );
  }
}

function managedRule(name: (typeof managedRuleGroups)[number], index: number) {
  return {
    name,
    priority: index + 1,
    overrideAction: { none: {} },
    statement: {
      managedRuleGroupStatement: {
        vendorName: "AWS",
        name,
        ruleActionOverrides: (countedRules[name] ?? []).map((rule) => ({ name: rule, actionToUse: { count: {} } })),
      },
    },
    visibilityConfig: visibility(name),
  };
}

/** Counts without sampled requests, which would keep paths and headers in the clear. */
function visibility(metricName: string) {
  return { cloudwatchMetricsEnabled: true, metricName, sampledRequestsEnabled: false };
}
