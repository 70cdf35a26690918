import { crc32 } from "node:zlib";
import { APIGatewayClient, paginateGetDeployments } from "@aws-sdk/client-api-gateway";
import { CognitoIdentityProviderClient, paginateListUserPoolClients } from "@aws-sdk/client-cognito-identity-provider";
import { EC2Client, paginateDescribeRouteTables, type SecurityGroupRule } from "@aws-sdk/client-ec2";
import { paginateListSecretVersionIds, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { type ClientConfig, collect, type Found } from "../leftovers/inventory";
import { physicalName } from "../physical-name";
import { identity } from "./identity";
import { rulesOf } from "./security-group-rules";

export type Inputs = Record<string, unknown>;

/** A resource as the provider finds it again. */
export interface Identity {
  id: string;
  /** What the provider looks it up by beside its identifier and its inputs. */
  outputs?: Inputs;
}

export interface Cloud {
  config: ClientConfig;
  /** What the inventory lists of the environment. */
  existing: Found[];
  /** Identities that the state has already. */
  taken: ReadonlySet<string>;
}

interface Wanted {
  type: string;
  inputs: Inputs;
}

/** Finds what a resource that was being created has become; undefined if nothing. */
type Adoption = (wanted: Wanted, cloud: Cloud) => Promise<Identity | undefined> | Identity | undefined;

/** Made again, it is the same: AWS keeps one of it, or nothing at all. */
const again: Adoption = () => undefined;

/** In the inventory, by its type and physical name. */
const listed: Adoption = ({ type, inputs }, { existing, taken }) => {
  const name = physicalName(inputs);
  return existing.find(
    (found) => found.type === type && found.names.includes(name) && !taken.has(identity(type, found.id)),
  );
};

/** Its identifier follows from these inputs; whether it exists is left to the refresh. */
const implied =
  (needed: string[], identifier: (...values: string[]) => string): Adoption =>
  ({ inputs }) => {
    const values = needed.map((input) => inputs[input]).filter((value) => typeof value === "string");
    return values.length === needed.length ? { id: identifier(...values) } : undefined;
  };

/** Finds it in what it belongs to. */
type Search = (owner: string, wanted: Wanted, cloud: Cloud) => Promise<Identity | undefined>;

/** Searched for in what this input names; as long as that is not known, neither of them exists. */
const within =
  (owner: string, search: Search): Adoption =>
  (wanted, cloud) => {
    const known = wanted.inputs[owner];
    return typeof known === "string" ? search(known, wanted, cloud) : undefined;
  };

/** What belongs to a bucket has the bucket's name. */
const bucket = implied(["bucket"], (name) => name);

/** How each type that the program uses is found, in the provider's forms of identifiers. */
export const adoptions: Record<string, Adoption> = {
  "aws:apigateway/account:Account": again,
  "aws:apigateway/deployment:Deployment": within("restApi", deployment),
  "aws:apigateway/methodSettings:MethodSettings": implied(
    ["restApi", "stageName", "methodPath"],
    (restApi, stageName, methodPath) => `${restApi}-${stageName}-${methodPath}`,
  ),
  "aws:apigateway/restApi:RestApi": listed,
  "aws:apigateway/stage:Stage": implied(
    ["restApi", "stageName"],
    (restApi, stageName) => `ags-${restApi}-${stageName}`,
  ),
  "aws:apigateway/usagePlan:UsagePlan": listed,
  "aws:appautoscaling/policy:Policy": implied(["name"], (name) => name),
  "aws:appautoscaling/target:Target": implied(["resourceId"], (resourceId) => resourceId),
  "aws:cloudtrail/trail:Trail": listed,
  "aws:cloudwatch/compositeAlarm:CompositeAlarm": implied(["alarmName"], (name) => name),
  "aws:cloudwatch/dashboard:Dashboard": implied(["dashboardName"], (name) => name),
  "aws:cloudwatch/eventRule:EventRule": listed,
  "aws:cloudwatch/eventTarget:EventTarget": implied(["rule", "targetId"], (rule, targetId) => `${rule}-${targetId}`),
  "aws:cloudwatch/logGroup:LogGroup": listed,
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": implied(["name"], (name) => name),
  "aws:cloudwatch/metricAlarm:MetricAlarm": implied(["name"], (name) => name),
  "aws:cloudwatch/queryDefinition:QueryDefinition": listed,
  "aws:cognito/resourceServer:ResourceServer": implied(
    ["userPoolId", "identifier"],
    (userPoolId, identifier) => `${userPoolId}|${identifier}`,
  ),
  "aws:cognito/riskConfiguration:RiskConfiguration": implied(["userPoolId"], (userPoolId) => userPoolId),
  "aws:cognito/userPool:UserPool": listed,
  "aws:cognito/userPoolClient:UserPoolClient": within("userPoolId", userPoolClient),
  "aws:cognito/userPoolDomain:UserPoolDomain": implied(["domain"], (domain) => domain),
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": again,
  "aws:ec2/eip:Eip": listed,
  "aws:ec2/flowLog:FlowLog": listed,
  "aws:ec2/internetGateway:InternetGateway": listed,
  "aws:ec2/natGateway:NatGateway": listed,
  "aws:ec2/route:Route": implied(
    ["routeTableId", "destinationCidrBlock"],
    (routeTableId, destinationCidrBlock) => `r-${routeTableId}${crc32(destinationCidrBlock)}`,
  ),
  "aws:ec2/routeTable:RouteTable": listed,
  "aws:ec2/routeTableAssociation:RouteTableAssociation": within("subnetId", routeTableAssociation),
  "aws:ec2/securityGroup:SecurityGroup": listed,
  "aws:ec2/subnet:Subnet": listed,
  "aws:ec2/vpc:Vpc": listed,
  "aws:ec2/vpcEndpoint:VpcEndpoint": listed,
  "aws:ecs/cluster:Cluster": listed,
  "aws:ecs/service:Service": listed,
  "aws:ecs/taskDefinition:TaskDefinition": taskDefinition,
  "aws:elasticache/parameterGroup:ParameterGroup": listed,
  "aws:elasticache/replicationGroup:ReplicationGroup": listed,
  "aws:elasticache/subnetGroup:SubnetGroup": listed,
  "aws:iam/policy:Policy": listed,
  "aws:iam/role:Role": listed,
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": implied(
    ["role", "policyArn"],
    (role, policyArn) => `${role}/${policyArn}`,
  ),
  "aws:kms/alias:Alias": listed,
  "aws:kms/key:Key": listed,
  "aws:lambda/function:Function": listed,
  "aws:lambda/invocation:Invocation": again,
  "aws:lambda/permission:Permission": implied(["statementId"], (statementId) => statementId),
  "aws:rds/instance:Instance": listed,
  "aws:rds/parameterGroup:ParameterGroup": listed,
  "aws:rds/subnetGroup:SubnetGroup": listed,
  "aws:s3/bucket:Bucket": bucket,
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": bucket,
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": bucket,
  "aws:s3/bucketPolicy:BucketPolicy": bucket,
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": bucket,
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": bucket,
  "aws:s3/bucketVersioning:BucketVersioning": bucket,
  "aws:secretsmanager/secret:Secret": listed,
  "aws:secretsmanager/secretPolicy:SecretPolicy": implied(["secretArn"], (secretArn) => secretArn),
  "aws:secretsmanager/secretRotation:SecretRotation": implied(["secretId"], (secretId) => secretId),
  "aws:secretsmanager/secretVersion:SecretVersion": within("secretId", secretVersion),
  "aws:sns/topic:Topic": listed,
  "aws:sns/topicPolicy:TopicPolicy": implied(["arn"], (arn) => arn),
  "aws:sns/topicSubscription:TopicSubscription": again,
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": within("securityGroupId", securityGroupRule(true)),
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": within("securityGroupId", securityGroupRule(false)),
  "aws:wafv2/webAcl:WebAcl": listed,
  "aws:wafv2/webAclAssociation:WebAclAssociation": implied(
    ["webAclArn", "resourceArn"],
    (webAclArn, resourceArn) => `${webAclArn},${resourceArn}`,
  ),
  "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": implied(
    ["resourceArn"],
    (resourceArn) => resourceArn,
  ),
  "random:index/randomPassword:RandomPassword": again,
};

/** The newest deployment of the API that the state does not know. */
async function deployment(
  restApiId: string,
  { type }: Wanted,
  { config, taken }: Cloud,
): Promise<Identity | undefined> {
  const client = new APIGatewayClient(config);
  const pages = paginateGetDeployments({ client }, { restApiId });
  const unknown = (await collect(pages, (page) => page.items)).filter(({ id = "" }) => !taken.has(identity(type, id)));
  const newest = unknown.sort((a, b) => Number(b.createdDate) - Number(a.createdDate))[0];
  return newest?.id === undefined ? undefined : { id: newest.id };
}

async function userPoolClient(
  UserPoolId: string,
  { type, inputs }: Wanted,
  { config, taken }: Cloud,
): Promise<Identity | undefined> {
  const client = new CognitoIdentityProviderClient(config);
  const pages = paginateListUserPoolClients({ client }, { UserPoolId, MaxResults: 60 });
  const clients = await collect(pages, (page) => page.UserPoolClients);
  const found = clients.find(
    ({ ClientId = "", ClientName }) => ClientName === inputs.name && !taken.has(identity(type, ClientId)),
  );
  return found?.ClientId === undefined ? undefined : { id: found.ClientId };
}

async function routeTableAssociation(
  subnetId: string,
  _wanted: Wanted,
  { config }: Cloud,
): Promise<Identity | undefined> {
  const filter = { Name: "association.subnet-id", Values: [subnetId] };
  const pages = paginateDescribeRouteTables({ client: new EC2Client(config) }, { Filters: [filter] });
  const associations = (await collect(pages, (page) => page.RouteTables)).flatMap(
    ({ Associations = [] }) => Associations,
  );
  const id = associations.find(({ SubnetId }) => SubnetId === subnetId)?.RouteTableAssociationId;
  return id === undefined ? undefined : { id };
}

/** The provider names it by its family, and reads the revision that its ARN says. */
function taskDefinition({ type, inputs }: Wanted, { existing, taken }: Cloud): Identity | undefined {
  const family = String(inputs.family);
  const found = existing.findLast(
    (one) => one.type === type && one.names.includes(family) && !taken.has(identity(type, one.id)),
  );
  return found && { id: family, outputs: { arn: found.id } };
}

/** The version with the label that never moves. */
async function secretVersion(SecretId: string, { inputs }: Wanted, { config }: Cloud): Promise<Identity | undefined> {
  const label = (inputs.versionStages as string[]).find((stage) => stage !== "AWSCURRENT");
  const pages = paginateListSecretVersionIds({ client: new SecretsManagerClient(config) }, { SecretId });
  const versions = await collect(pages, (page) => page.Versions);
  const version = versions.find(({ VersionStages = [] }) => label !== undefined && VersionStages.includes(label));
  return version?.VersionId === undefined ? undefined : { id: `${SecretId}|${version.VersionId}` };
}

/** AWS admits one rule for a group, direction, protocol, ports and peer. */
function securityGroupRule(egress: boolean): Search {
  return async (group, { inputs }, { config }) => {
    const rules = await rulesOf([group], config);
    const id = rules.find((rule) => rule.IsEgress === egress && describes(rule, inputs))?.SecurityGroupRuleId;
    return id === undefined ? undefined : { id };
  };
}

function describes(rule: SecurityGroupRule, inputs: Inputs): boolean {
  return (
    rule.IpProtocol === inputs.ipProtocol &&
    rule.FromPort === inputs.fromPort &&
    rule.ToPort === inputs.toPort &&
    rule.CidrIpv4 === inputs.cidrIpv4 &&
    rule.PrefixListId === inputs.prefixListId &&
    rule.ReferencedGroupInfo?.GroupId === inputs.referencedSecurityGroupId
  );
}
