import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type Alarm, type AlarmGroup, alarmGroups, alarms, type AlarmsArgs, pageArns } from "./alarms";
import { auditQueries } from "./audit-queries";
import { dashboard } from "./dashboard";
import { type Environment } from "./environment";
import { denyPlainText, policyDocument } from "./iam";
import { metricNamespace } from "./metrics";
import { resourceName, type ResourceType } from "./naming";

export interface MonitoringArgs extends Omit<AlarmsArgs, "environmentSuffix" | "region" | "auditTrail"> {
  environment: Environment;
  /** Key whose policy admits CloudWatch. */
  alertsKeyArn: pulumi.Input<string>;
  /** Who is paged by e-mail; each must confirm the subscription that AWS sends. */
  alarmEmails: string[];
  /** Where the API writes one line for each request. */
  accessLogGroupName: pulumi.Input<string>;
  /** Where the records service writes one line for each access. */
  auditLogGroupName: pulumi.Input<string>;
  /** Where CloudTrail writes one event for each call of AWS's APIs, if there is a trail. */
  trailLogGroupName: pulumi.Input<string> | undefined;
}

/** Seconds for which a page of the API waits for one of what it stands on, and stays away after it. */
const suppressionSeconds = 120;

/**
 * Who watches: alarms on every way in which the environment can fail or be attacked, one page for each fault, a dashboard, and saved queries for the
 * audit log (45 CFR 164.308(a)(1)(ii)(D), 164.308(a)(6)(ii), 164.312(b)). Alarms and pages hold numbers only, nothing of a patient.
 */
export class Monitoring extends pulumi.ComponentResource {
  readonly topicArn: pulumi.Output<string>;
  readonly dashboardUrl: pulumi.Output<string>;

  constructor(
    name: string,
    private readonly args: MonitoringArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("tap:operations:Monitoring", name, {}, opts);

    const topic = this.createTopic();
    this.createSubscriptions(topic);
    this.countRefusals();
    this.countUnauthorizedCalls();
    this.createPages(topic, this.createAlarms());
    this.dashboardUrl = this.createDashboard();
    this.saveQueries();
    this.topicArn = topic.arn;

    this.registerOutputs({ topicArn: this.topicArn, dashboardUrl: this.dashboardUrl });
  }

  private createTopic() {
    const { environment, alertsKeyArn } = this.args;
    const topic = new aws.sns.Topic(
      "alerts",
      { name: this.name("alerts"), displayName: this.name("alerts"), kmsMasterKeyId: alertsKeyArn },
      { parent: this },
    );
    new aws.sns.TopicPolicy(
      "alerts",
      { arn: topic.arn, policy: topic.arn.apply((arn) => topicPolicy(environment, arn)) },
      { parent: this },
    );
    return topic;
  }

  private createSubscriptions(topic: aws.sns.Topic) {
    for (const endpoint of this.args.alarmEmails) {
      new aws.sns.TopicSubscription(endpoint, { topic: topic.arn, protocol: "email", endpoint }, { parent: this });
    }
  }

  /** From the access log, as the gateway's own metric does not tell 401 and 403 from a patient who was not found. */
  private countRefusals() {
    this.count("access-refusals", {
      logGroupName: this.args.accessLogGroupName,
      // What the firewall blocks is 403 in the access log, too, and has an alarm of its own.
      pattern: '{ (($.status = "401") || ($.status = "403")) && ($.errorType != "WAF_FILTERED") }',
      metricName: "AccessRefusals",
    });
  }

  private countUnauthorizedCalls() {
    const { trailLogGroupName } = this.args;
    if (trailLogGroupName === undefined) return;
    this.count("unauthorized-calls", {
      logGroupName: trailLogGroupName,
      pattern: '{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") }',
      metricName: "UnauthorizedCalls",
    });
  }

  private count(
    type: ResourceType,
    filter: { logGroupName: pulumi.Input<string>; pattern: string; metricName: string },
  ) {
    new aws.cloudwatch.LogMetricFilter(
      type,
      {
        name: this.name(type),
        logGroupName: filter.logGroupName,
        pattern: filter.pattern,
        metricTransformation: {
          namespace: metricNamespace(this.args.environment.environmentSuffix),
          name: filter.metricName,
          value: "1",
          defaultValue: "0",
        },
      },
      { parent: this },
    );
  }

  private createAlarms() {
    const auditTrail = this.args.trailLogGroupName !== undefined;
    return alarms({ ...this.args, ...this.args.environment, auditTrail }).map((alarm) => ({
      group: alarm.group,
      alarmName: this.createAlarm(alarm).name,
    }));
  }

  /** Without an action of its own: its group pages. */
  private createAlarm(alarm: Alarm) {
    const metricQueries = [
      ...Object.entries(alarm.metrics).map(([id, { namespace, metricName, dimensions, stat }]) => ({
        id,
        metric: { namespace, metricName, dimensions, stat, period: alarm.period },
      })),
      // CloudWatch takes no identifier twice, and tells values from results by it.
      { id: "result", expression: alarm.expression, label: alarm.type, returnData: true },
    ];
    return new aws.cloudwatch.MetricAlarm(
      alarm.type,
      {
        name: this.name(alarm.type),
        alarmDescription: alarm.description,
        metricQueries,
        comparisonOperator: alarm.comparison,
        threshold: alarm.threshold,
        datapointsToAlarm: alarm.datapoints[0],
        evaluationPeriods: alarm.datapoints[1],
        treatMissingData: alarm.missingData,
      },
      { parent: this },
    );
  }

  private createPages(topic: aws.sns.Topic, members: { group: AlarmGroup; alarmName: pulumi.Output<string> }[]) {
    const page = (group: AlarmGroup, suppressor?: aws.cloudwatch.CompositeAlarm) => {
      const names = members.filter((member) => member.group === group).map(({ alarmName }) => alarmName);
      return new aws.cloudwatch.CompositeAlarm(
        group,
        {
          alarmName: this.name(`page-${group}`),
          alarmDescription: groupDescriptions[group],
          alarmRule: pulumi.all(names).apply((all) => all.map((name) => `ALARM("${name}")`).join(" OR ")),
          alarmActions: [topic.arn],
          okActions: [topic.arn],
          actionsSuppressor: suppressor && {
            alarm: suppressor.alarmName,
            waitPeriod: suppressionSeconds,
            extensionPeriod: suppressionSeconds,
          },
        },
        { parent: this },
      );
    };
    const infrastructure = page("infrastructure");
    for (const group of alarmGroups.filter((group) => group !== "infrastructure")) {
      // The API fails with what it stands on, and that pages already.
      page(group, group === "api" ? infrastructure : undefined);
    }
  }

  private createDashboard() {
    const { environment } = this.args;
    const { dashboardName } = new aws.cloudwatch.Dashboard(
      "records",
      {
        dashboardName: this.name("records"),
        dashboardBody: pulumi.jsonStringify(dashboard({ ...this.args, ...environment })),
      },
      { parent: this },
    );
    const { region } = environment;
    return pulumi.interpolate`https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#dashboards/dashboard/${dashboardName}`;
  }

  private saveQueries() {
    for (const [name, queryString] of Object.entries(auditQueries)) {
      new aws.cloudwatch.QueryDefinition(
        name,
        {
          // CloudWatch shows what is before the slash as a folder.
          name: `${this.name("audit-queries")}/${name}`,
          logGroupNames: [this.args.auditLogGroupName],
          queryString,
        },
        { parent: this },
      );
    }
  }

  private name(type: ResourceType) {
    return resourceName(type, this.args.environment.environmentSuffix);
  }
}

const groupDescriptions: Record<AlarmGroup, string> = {
  infrastructure: "The database, the cache or the way to AWS's APIs fails",
  capacity: "The database or the cache is near a limit",
  api: "The API fails, is slow, or is near a limit",
  audit: "Accesses may not be written down as they must",
  integrity: "The audit trail is not as it was written",
  security: "Somebody may be attacking",
  credentials: "A rotation or a migration failed; the credentials and the schema before it still work",
  analytics: "Analytics tasks do not run",
};

/** CloudWatch, for alarms of this environment, over TLS (SNS developer guide, "Example cases for Amazon SNS access control"). */
export function topicPolicy(environment: Environment, topicArn: string): string {
  return policyDocument([
    {
      Sid: "PublishAlarms",
      Effect: "Allow",
      Principal: { Service: "cloudwatch.amazonaws.com" },
      Action: "sns:Publish",
      Resource: topicArn,
      Condition: {
        StringEquals: { "aws:SourceAccount": environment.accountId },
        ArnEquals: { "aws:SourceArn": pageArns(environment) },
      },
    },
    denyPlainText("RefusePlainText", "sns:Publish", topicArn),
  ]);
}
