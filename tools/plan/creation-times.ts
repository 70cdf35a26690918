import type { Registered } from "../program";

/** How long AWS takes to create a resource, until others can use it. */
export interface CreationTime {
  seconds: number;
  source: string;
}

const logs = "terraform apply logs published on GitHub";
const briefly = "estimate: one call, answered at once";

/**
 * Typical times by type. What takes more than a minute decides a deployment's length, and is measured by others; the rest are logs and estimates, as each says.
 * All in a region without load, once the account has the services' linked roles.
 */
const creationTimes: Record<string, CreationTime | ((resource: Registered) => CreationTime)> = {
  "aws:apigateway/account:Account": { seconds: 10, source: "estimate: tried again until the new role has spread" },
  "aws:apigateway/deployment:Deployment": { seconds: 1, source: briefly },
  "aws:apigateway/methodSettings:MethodSettings": { seconds: 1, source: briefly },
  "aws:apigateway/restApi:RestApi": { seconds: 3, source: "estimate: create, then import the contract" },
  "aws:apigateway/stage:Stage": { seconds: 2, source: "estimate: create, then switch the access log on" },
  "aws:apigateway/usagePlan:UsagePlan": { seconds: 1, source: briefly },
  "aws:appautoscaling/policy:Policy": { seconds: 1, source: briefly },
  "aws:appautoscaling/target:Target": { seconds: 1, source: briefly },
  "aws:cloudtrail/trail:Trail": { seconds: 3, source: "estimate: create, then start logging" },
  "aws:cloudwatch/compositeAlarm:CompositeAlarm": { seconds: 1, source: briefly },
  "aws:cloudwatch/dashboard:Dashboard": { seconds: 1, source: briefly },
  "aws:cloudwatch/eventRule:EventRule": { seconds: 1, source: briefly },
  "aws:cloudwatch/eventTarget:EventTarget": { seconds: 1, source: briefly },
  "aws:cloudwatch/logGroup:LogGroup": { seconds: 1, source: briefly },
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": { seconds: 1, source: briefly },
  "aws:cloudwatch/metricAlarm:MetricAlarm": { seconds: 1, source: briefly },
  "aws:cloudwatch/queryDefinition:QueryDefinition": { seconds: 1, source: briefly },
  "aws:cognito/resourceServer:ResourceServer": { seconds: 1, source: briefly },
  "aws:cognito/riskConfiguration:RiskConfiguration": { seconds: 1, source: briefly },
  "aws:cognito/userPool:UserPool": { seconds: 2, source: "estimate: create, then set the second factor" },
  "aws:cognito/userPoolClient:UserPoolClient": { seconds: 1, source: briefly },
  "aws:cognito/userPoolDomain:UserPoolDomain": { seconds: 5, source: "estimate: the provider waits for ACTIVE" },
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": { seconds: 2, source: "estimate: read, then empty it" },
  "aws:ec2/eip:Eip": { seconds: 1, source: `${logs}: 0 to 5 s` },
  "aws:ec2/flowLog:FlowLog": { seconds: 1, source: briefly },
  "aws:ec2/internetGateway:InternetGateway": { seconds: 1, source: `${logs}: 0 to 6 s` },
  "aws:ec2/natGateway:NatGateway": { seconds: 106, source: `${logs}: 95 to 125 s, the middle of nine` },
  "aws:ec2/route:Route": { seconds: 1, source: briefly },
  "aws:ec2/routeTable:RouteTable": { seconds: 1, source: `${logs}: 1 to 2 s` },
  "aws:ec2/routeTableAssociation:RouteTableAssociation": { seconds: 1, source: briefly },
  "aws:ec2/securityGroup:SecurityGroup": { seconds: 3, source: `${logs}: 2 to 3 s` },
  "aws:ec2/subnet:Subnet": { seconds: 1, source: `${logs}: 1 to 8 s` },
  "aws:ec2/vpc:Vpc": { seconds: 12, source: `${logs}: 11 to 15 s with DNS host names` },
  "aws:ec2/vpcEndpoint:VpcEndpoint": ({ inputs }) =>
    inputs.vpcEndpointType === "Interface"
      ? { seconds: 90, source: "estimate: an interface in each zone; the provider waits for available" }
      : { seconds: 6, source: "estimate: the provider waits for available" },
  "aws:ecs/cluster:Cluster": { seconds: 11, source: `${logs}: 10 to 12 s` },
  "aws:ecs/service:Service": { seconds: 2, source: `${logs}: 1 s, as nobody waits for tasks` },
  "aws:ecs/taskDefinition:TaskDefinition": { seconds: 1, source: briefly },
  "aws:elasticache/parameterGroup:ParameterGroup": { seconds: 2, source: "estimate: create, then set parameters" },
  "aws:elasticache/replicationGroup:ReplicationGroup": { seconds: 540, source: `${logs}: 358, 419, 547 and 555 s` },
  "aws:elasticache/subnetGroup:SubnetGroup": { seconds: 2, source: `${logs}: 2 to 8 s` },
  "aws:iam/policy:Policy": { seconds: 1, source: briefly },
  "aws:iam/role:Role": { seconds: 1, source: briefly },
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": { seconds: 1, source: briefly },
  "aws:kms/alias:Alias": { seconds: 1, source: briefly },
  "aws:kms/key:Key": { seconds: 20, source: `${logs}: 8 to 38 s, as the provider waits for policy and rotation` },
  "aws:lambda/function:Function": ({ inputs }) =>
    inputs.vpcConfig === undefined
      ? { seconds: 10, source: `${logs}: 6 to 14 s` }
      : {
          seconds: 45,
          source: `estimate: ${logs} have 6 to 14 s without a VPC; its interface takes up to 90 s (AWS Compute Blog, "Announcing improved VPC networking for AWS Lambda functions")`,
        },
  "aws:lambda/invocation:Invocation": {
    seconds: 15,
    source: "estimate: a cold start, and the migrations of an empty database",
  },
  "aws:lambda/permission:Permission": { seconds: 1, source: briefly },
  "aws:rds/instance:Instance": ({ inputs }) =>
    inputs.multiAz === true
      ? {
          seconds: 754,
          source: `${logs}: 754 s; 15 to 20 minutes in github.com/hashicorp/terraform/issues/498, of 2014`,
        }
      : { seconds: 443, source: `${logs} of PostgreSQL: 302 to 512 s, the middle of nine` },
  "aws:rds/parameterGroup:ParameterGroup": { seconds: 4, source: "estimate: create, then set parameters, 20 a call" },
  "aws:rds/subnetGroup:SubnetGroup": { seconds: 2, source: `${logs}: 1 to 2 s` },
  "aws:secretsmanager/secret:Secret": { seconds: 1, source: briefly },
  "aws:secretsmanager/secretPolicy:SecretPolicy": { seconds: 1, source: briefly },
  "aws:secretsmanager/secretRotation:SecretRotation": { seconds: 2, source: "estimate: the function is tried" },
  "aws:secretsmanager/secretVersion:SecretVersion": { seconds: 1, source: briefly },
  "aws:sns/topic:Topic": { seconds: 1, source: briefly },
  "aws:sns/topicPolicy:TopicPolicy": { seconds: 1, source: briefly },
  "aws:sns/topicSubscription:TopicSubscription": { seconds: 1, source: briefly },
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": { seconds: 1, source: briefly },
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": { seconds: 1, source: briefly },
  "aws:wafv2/webAcl:WebAcl": { seconds: 2, source: `${logs}: 2 s` },
  "aws:wafv2/webAclAssociation:WebAclAssociation": {
    seconds: 5,
    source: "estimate: tried again while WAF is not ready",
  },
  "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": { seconds: 1, source: briefly },
  "random:index/randomPassword:RandomPassword": { seconds: 0, source: "made on the spot" },
};

/** Undefined for a type that has none here. */
export function creationTime(resource: Registered): CreationTime | undefined {
  const time = creationTimes[resource.type];
  return typeof time === "function" ? time(resource) : time;
}
