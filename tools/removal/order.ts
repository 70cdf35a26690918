import type { FoundType } from "../leftovers/inventory";

export interface Stage {
  name: string;
  types: FoundType[];
}

/**
 * The order in which an environment is taken apart: first what calls and pages, then what answers, then the data, then the network that all of it stood
 * in, and last what the others needed while they were there: their logs, roles and keys. What is of one stage goes at the same time, and is gone before the next begins.
 */
export const stages: Stage[] = [
  {
    name: "pages, schedules, limits and the firewall",
    types: [
      "aws:cloudtrail/trail:Trail",
      "aws:cloudwatch/compositeAlarm:CompositeAlarm",
      "aws:cloudwatch/eventRule:EventRule",
      "aws:apigateway/usagePlan:UsagePlan",
      "aws:appautoscaling/target:Target",
      "aws:wafv2/webAcl:WebAcl",
      "aws:ec2/flowLog:FlowLog",
    ],
  },
  {
    name: "alarms, the API and the tasks",
    types: [
      "aws:cloudwatch/metricAlarm:MetricAlarm",
      "aws:cloudwatch/dashboard:Dashboard",
      "aws:cloudwatch/queryDefinition:QueryDefinition",
      "aws:sns/topic:Topic",
      "aws:apigateway/restApi:RestApi",
      "aws:apigateway/apiKey:ApiKey",
      "aws:ecs/service:Service",
    ],
  },
  {
    name: "functions, users and secrets",
    types: [
      "aws:ecs/cluster:Cluster",
      "aws:ecs/taskDefinition:TaskDefinition",
      "aws:lambda/function:Function",
      "aws:cognito/userPool:UserPool",
      "aws:secretsmanager/secret:Secret",
    ],
  },
  {
    name: "the database and the cache, about ten minutes",
    types: ["aws:rds/instance:Instance", "aws:elasticache/replicationGroup:ReplicationGroup"],
  },
  {
    name: "what the database and the cache leave",
    types: [
      "aws:elasticache/cluster:Cluster",
      "aws:elasticache/snapshot:Snapshot",
      "aws:rds/instanceAutomatedBackup:InstanceAutomatedBackup",
      "aws:rds/snapshot:Snapshot",
    ],
  },
  {
    name: "subnet and parameter groups, ways out of the network",
    types: [
      "aws:elasticache/parameterGroup:ParameterGroup",
      "aws:elasticache/subnetGroup:SubnetGroup",
      "aws:rds/parameterGroup:ParameterGroup",
      "aws:rds/subnetGroup:SubnetGroup",
      "aws:ec2/natGateway:NatGateway",
      "aws:ec2/vpcEndpoint:VpcEndpoint",
    ],
  },
  { name: "public addresses", types: ["aws:ec2/eip:Eip"] },
  {
    name: "network interfaces, up to 45 minutes for those of functions",
    types: ["aws:ec2/networkInterface:NetworkInterface"],
  },
  {
    name: "rules of security groups",
    types: [
      "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
      "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    ],
  },
  {
    name: "security groups and subnets",
    types: ["aws:ec2/securityGroup:SecurityGroup", "aws:ec2/subnet:Subnet"],
  },
  {
    name: "route tables and the internet gateway",
    types: [
      "aws:ec2/internetGateway:InternetGateway",
      "aws:ec2/networkAcl:NetworkAcl",
      "aws:ec2/routeTable:RouteTable",
    ],
  },
  { name: "the VPC", types: ["aws:ec2/vpc:Vpc"] },
  {
    name: "logs and roles",
    types: ["aws:cloudwatch/logGroup:LogGroup", "aws:s3/bucket:Bucket", "aws:iam/role:Role"],
  },
  { name: "policies and aliases", types: ["aws:iam/policy:Policy", "aws:kms/alias:Alias"] },
  { name: "keys, which AWS keeps for seven days more", types: ["aws:kms/key:Key"] },
];
