import type { Rule } from "../rule";

/** Types of which no rule is about the resources, and why they need none. */
export const withoutRules: Record<string, string> = {
  "aws:apigateway/deployment:Deployment": "A snapshot of the API, whose document is judged.",
  "aws:appautoscaling/policy:Policy": "Says how many tasks run, not what they may.",
  "aws:appautoscaling/target:Target": "Says how many tasks run, not what they may.",
  "aws:cloudwatch/dashboard:Dashboard": "Shows metrics to those who may read them anyway.",
  "aws:cloudwatch/eventRule:EventRule":
    "Says when, or counts events; whom it may invoke, the function's permission says.",
  "aws:cloudwatch/eventTarget:EventTarget":
    "Says what a rule invokes; whom it may invoke, the function's permission says.",
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": "Counts lines of a log.",
  "aws:cloudwatch/metricAlarm:MetricAlarm": "Part of a page, which is judged.",
  "aws:cloudwatch/queryDefinition:QueryDefinition": "A text, run by those who may read the log anyway.",
  "aws:cognito/resourceServer:ResourceServer": "Names scopes; who gets them, the client says.",
  "aws:cognito/userPoolDomain:UserPoolDomain": "Names the sign-in pages; who may sign in, the pool and the client say.",
  "aws:ec2/internetGateway:InternetGateway": "Judged by the routes that lead to it.",
  "aws:ec2/natGateway:NatGateway": "Judged by the routes that lead to it, and by its address.",
  "aws:ec2/route:Route": "Judged by the subnets that have it.",
  "aws:ec2/routeTable:RouteTable": "Judged by the subnets that have it.",
  "aws:ec2/routeTableAssociation:RouteTableAssociation": "Judged by the subnets that have it.",
  "aws:elasticache/parameterGroup:ParameterGroup": "Says how Redis evicts; none of its parameters opens anything.",
  "aws:elasticache/subnetGroup:SubnetGroup": "Judged by the data store that stands in it.",
  "aws:kms/alias:Alias": "A second name of a key.",
  "aws:lambda/invocation:Invocation": "Runs a function, which is judged.",
  "aws:rds/eventSubscription:EventSubscription": "Judged by the database that it tells of.",
  "aws:rds/subnetGroup:SubnetGroup": "Judged by the data store that stands in it.",
  "aws:s3/bucketLogging:BucketLogging": "Judged by the bucket that it is for.",
  "aws:sns/topicSubscription:TopicSubscription": "Judged by its topic; pages hold numbers only.",
  "aws:wafv2/webAclAssociation:WebAclAssociation": "Judged by the stage that it is for.",
};

/** The rule about whatever the other rules are not about: what is new is refused until somebody has said what it must be. */
export function typeRules(others: Rule[]): Rule[] {
  const judged = new Set(others.flatMap(({ types = [] }) => types));
  return [
    {
      name: "type-known",
      description: "Each resource is of a type that rules judge, or that is known to need none.",
      controls: ["45 CFR 164.308(a)(1)(ii)(B)"],
      severity: "high",
      enforcement: "mandatory",
      remedy: "Add rules for the type to policy/rules, or the reason why it needs none to policy/rules/types.ts.",
      about: ({ type }) => !judged.has(type) && !/^(pulumi|tap):/.test(type),
      scope: "resource",
      check: ({ type }) => (Object.hasOwn(withoutRules, type) ? [] : [`no rule knows the type ${type}`]),
    },
  ];
}
