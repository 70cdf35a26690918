import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { interfaceEndpointActions, type InterfaceEndpoint } from "./config";
import { regionalArn, type Environment } from "./environment";
import { createServiceRole, policyDocument, serviceTrust, type ServiceRole } from "./iam";
import { createLogGroup, type LogGroupsArgs } from "./log-groups";
import { resourceName, type ResourceType } from "./naming";
import { createSecurityGroup, type AwsAccess } from "./security-groups";
import { planSubnets } from "./subnets";

export type NatStrategy = "none" | "single" | "perAz";

export interface VpcArgs {
  environment: Environment;
  /** Validated block, /16 to /18. */
  cidr: string;
  /** Two or three zones by id (euw1-az1), which unlike names mean the same zone in every account. */
  availabilityZoneIds: string[];
  /** A NAT gateway costs about 35 USD a month, and 0.048 USD a GB. */
  natStrategy: NatStrategy;
  /** Each costs about 8 USD a month and zone. */
  interfaceEndpoints: InterfaceEndpoint[];
  /** For the flow logs. */
  logs: LogGroupsArgs;
}

/** Positions of the zones; the program spreads over two or three. */
const zones = [1, 2, 3] as const;
type Zone = (typeof zones)[number];

/** How each interface endpoint is named: as AWS names its service, without dots. */
const interfaceEndpointTypes = {
  secretsmanager: "vpce-secretsmanager",
  elasticache: "vpce-elasticache",
  kms: "vpce-kms",
  logs: "vpce-logs",
  xray: "vpce-xray",
  "ecr.api": "vpce-ecr-api",
  "ecr.dkr": "vpce-ecr-dkr",
} as const satisfies Record<InterfaceEndpoint, ResourceType>;

/**
 * The network: in each zone a public subnet (NAT only), a private one (functions, tasks) and an isolated one (data stores) without a route
 * to the internet; an emptied default security group; flow logs (45 CFR 164.312(b), (e)(1); FSBP EC2.2, EC2.6). Nothing in it gets a public
 * address except NAT gateways. Not for workloads that the internet calls directly.
 */
export class Vpc extends pulumi.ComponentResource {
  readonly vpcId: pulumi.Output<string>;
  readonly publicSubnetIds: pulumi.Output<string>[];
  readonly privateSubnetIds: pulumi.Output<string>[];
  readonly dataSubnetIds: pulumi.Output<string>[];
  /** The VPC's own security group, which has no rule. */
  readonly defaultSecurityGroupId: pulumi.Output<string>;
  readonly natGatewayIds: pulumi.Output<string>[];
  readonly awsAccess: AwsAccess;
  /** Routes and endpoints, without which what stands in the private subnets reaches no API of AWS. */
  readonly pathsToAws: pulumi.Resource[] = [];
  private readonly zones: Zone[];

  constructor(
    name: string,
    private readonly args: VpcArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("tap:network:Vpc", name, {}, opts);
    const layout = planSubnets(args.cidr, args.availabilityZoneIds.length);
    this.zones = zones.slice(0, args.availabilityZoneIds.length);

    this.vpcId = this.createVpc();
    this.defaultSecurityGroupId = this.emptyDefaultSecurityGroup();
    this.publicSubnetIds = this.createSubnets("public", layout.public);
    this.privateSubnetIds = this.createSubnets("private", layout.private);
    this.dataSubnetIds = this.createSubnets("data", layout.data);
    this.natGatewayIds = this.createWayOut();
    const privateRouteTableIds = this.createPrivateRoutes(this.natGatewayIds);
    this.createDataRoutes();
    this.awsAccess = {
      nat: args.natStrategy !== "none",
      s3PrefixListId: this.createS3Endpoint(privateRouteTableIds),
      endpointSecurityGroupId: this.createInterfaceEndpoints(),
    };
    this.createFlowLog(this.createFlowLogGroup(), this.createFlowLogRole());

    this.registerOutputs({
      vpcId: this.vpcId,
      publicSubnetIds: this.publicSubnetIds,
      privateSubnetIds: this.privateSubnetIds,
      dataSubnetIds: this.dataSubnetIds,
      defaultSecurityGroupId: this.defaultSecurityGroupId,
      natGatewayIds: this.natGatewayIds,
      awsAccess: this.awsAccess,
    });
  }

  private createVpc() {
    const vpc = new aws.ec2.Vpc(
      "vpc",
      { cidrBlock: this.args.cidr, enableDnsSupport: true, enableDnsHostnames: true, tags: this.nameTag("vpc") },
      { parent: this },
    );
    return vpc.id;
  }

  private emptyDefaultSecurityGroup() {
    const group = new aws.ec2.DefaultSecurityGroup(
      "default",
      { vpcId: this.vpcId, ingress: [], egress: [], tags: this.nameTag("vpc-default") },
      { parent: this },
    );
    return group.id;
  }

  private createSubnets(tier: "public" | "private" | "data", cidrBlocks: string[]) {
    return this.zones.map((zone) => {
      const subnet = new aws.ec2.Subnet(
        `${tier}-${zone}`,
        {
          vpcId: this.vpcId,
          cidrBlock: cidrBlocks[zone - 1],
          availabilityZoneId: this.args.availabilityZoneIds[zone - 1],
          mapPublicIpOnLaunch: false,
          tags: this.nameTag(`subnet-${tier}-${zone}`),
        },
        // The network interfaces of deleted functions stay in the private subnets for up to 45 minutes.
        { parent: this, customTimeouts: tier === "private" ? { delete: "60m" } : undefined },
      );
      return subnet.id;
    });
  }

  /** The internet gateway and the NAT gateways, which are all that stands in the public subnets. */
  private createWayOut() {
    if (this.args.natStrategy === "none") return [];
    const internetGateway = new aws.ec2.InternetGateway(
      "igw",
      { vpcId: this.vpcId, tags: this.nameTag("igw") },
      { parent: this },
    );
    const { routeTableId, associations } = this.createRouteTable("public", "rt-public", this.publicSubnetIds);
    this.pathsToAws.push(...associations);
    const route = new aws.ec2.Route(
      "public-internet",
      { routeTableId, destinationCidrBlock: "0.0.0.0/0", gatewayId: internetGateway.id },
      { parent: this },
    );
    const natZones = this.args.natStrategy === "single" ? this.zones.slice(0, 1) : this.zones;
    return natZones.map((zone) => {
      const address = new aws.ec2.Eip(
        `nat-${zone}`,
        { domain: "vpc", tags: this.nameTag(`nat-${zone}`) },
        // AWS takes an address back some minutes after its NAT gateway has gone; the provider would wait for three.
        { parent: this, dependsOn: internetGateway, customTimeouts: { delete: "15m" } },
      );
      const gateway = new aws.ec2.NatGateway(
        `nat-${zone}`,
        { allocationId: address.id, subnetId: this.subnetId("public", zone), tags: this.nameTag(`nat-${zone}`) },
        { parent: this, dependsOn: route },
      );
      return gateway.id;
    });
  }

  private createPrivateRoutes(natGatewayIds: pulumi.Output<string>[]) {
    return this.zones.map((zone) => {
      const { routeTableId, associations } = this.createRouteTable(`private-${zone}`, `rt-private-${zone}`, [
        this.subnetId("private", zone),
      ]);
      this.pathsToAws.push(...associations);
      const natGatewayId = natGatewayIds[zone - 1] ?? natGatewayIds[0];
      if (natGatewayId) {
        const route = new aws.ec2.Route(
          `private-internet-${zone}`,
          { routeTableId, destinationCidrBlock: "0.0.0.0/0", natGatewayId },
          { parent: this },
        );
        this.pathsToAws.push(route);
      }
      return routeTableId;
    });
  }

  private createDataRoutes() {
    this.createRouteTable("data", "rt-data", this.dataSubnetIds);
  }

  private createRouteTable(name: string, type: ResourceType, subnetIds: pulumi.Output<string>[]) {
    const routeTable = new aws.ec2.RouteTable(name, { vpcId: this.vpcId, tags: this.nameTag(type) }, { parent: this });
    const associations = subnetIds.map(
      (subnetId, index) =>
        new aws.ec2.RouteTableAssociation(
          subnetIds.length === 1 ? name : `${name}-${index + 1}`,
          { routeTableId: routeTable.id, subnetId },
          { parent: this },
        ),
    );
    return { routeTableId: routeTable.id, associations };
  }

  private createS3Endpoint(routeTableIds: pulumi.Output<string>[]) {
    const endpoint = new aws.ec2.VpcEndpoint(
      "s3",
      {
        vpcId: this.vpcId,
        serviceName: `com.amazonaws.${this.args.environment.region}.s3`,
        vpcEndpointType: "Gateway",
        routeTableIds,
        policy: imageLayersPolicy(this.args.environment),
        tags: this.nameTag("vpce-s3"),
      },
      { parent: this },
    );
    return endpoint.prefixListId;
  }

  private createInterfaceEndpoints() {
    const { environment, interfaceEndpoints } = this.args;
    if (interfaceEndpoints.length === 0) return undefined;
    const securityGroup = createSecurityGroup(this, "endpoints", {
      type: "endpoints",
      environmentSuffix: environment.environmentSuffix,
      vpcId: this.vpcId,
      description: "Interface endpoints of AWS APIs",
    });
    for (const service of interfaceEndpoints) {
      const endpoint = new aws.ec2.VpcEndpoint(
        service,
        {
          vpcId: this.vpcId,
          serviceName: `com.amazonaws.${environment.region}.${service}`,
          vpcEndpointType: "Interface",
          privateDnsEnabled: true,
          subnetIds: this.privateSubnetIds,
          securityGroupIds: [securityGroup.id],
          policy: interfaceEndpointPolicy(service, environment.accountId),
          tags: this.nameTag(interfaceEndpointTypes[service]),
        },
        { parent: this },
      );
      this.pathsToAws.push(endpoint);
    }
    return securityGroup.id;
  }

  private createFlowLogGroup() {
    const { environment, logs } = this.args;
    return createLogGroup(this, "flow-logs", resourceName("vpc-flow-logs", environment.environmentSuffix), logs);
  }

  private createFlowLogRole() {
    const { environment } = this.args;
    const logGroupArn = regionalArn(
      environment,
      "logs",
      `log-group:${resourceName("vpc-flow-logs", environment.environmentSuffix)}`,
    );
    return createServiceRole(this, "flow-logs", {
      environment,
      type: "vpc-flow-logs",
      trust: serviceTrust("vpc-flow-logs.amazonaws.com", environment.accountId),
      statements: [
        {
          Effect: "Allow",
          Action: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
          Resource: `${logGroupArn}:*`,
        },
        {
          // It looks for its group among all of the region (VPC user guide, "IAM role for publishing flow logs to CloudWatch Logs").
          Effect: "Allow",
          Action: "logs:DescribeLogGroups",
          Resource: regionalArn(environment, "logs", "log-group:*"),
        },
      ],
    });
  }

  private createFlowLog(logGroup: aws.cloudwatch.LogGroup, role: ServiceRole) {
    new aws.ec2.FlowLog(
      "flow-log",
      {
        vpcId: this.vpcId,
        trafficType: "ALL",
        logDestination: logGroup.arn,
        iamRoleArn: role.arn,
        maxAggregationInterval: 60,
        tags: this.nameTag("vpc-flow-logs"),
      },
      // Flow logs deliver until they are deleted; without the permission they would fail from the start.
      { parent: this, dependsOn: role.ready },
    );
  }

  private subnetId(tier: "public" | "private", zone: Zone): pulumi.Output<string> {
    const id = (tier === "public" ? this.publicSubnetIds : this.privateSubnetIds)[zone - 1];
    if (!id) throw new Error(`zone ${zone} has no ${tier} subnet`);
    return id;
  }

  private nameTag(type: ResourceType) {
    return { Name: resourceName(type, this.args.environment.environmentSuffix) };
  }
}

/** Only the bucket in which ECR keeps the layers of images (ECR user guide, "Create the Amazon S3 gateway endpoint"). */
export function imageLayersPolicy({ partition, region }: Environment): string {
  return policyDocument([
    {
      Effect: "Allow",
      Principal: "*",
      Action: "s3:GetObject",
      Resource: `arn:${partition}:s3:::prod-${region}-starport-layer-bucket/*`,
    },
  ]);
}

/** What the platform calls of one service, by principals of this account only. */
export function interfaceEndpointPolicy(service: InterfaceEndpoint, accountId: string): string {
  return policyDocument([
    {
      Effect: "Allow",
      Principal: "*",
      Action: [...interfaceEndpointActions[service]],
      Resource: "*",
      Condition: { StringEquals: { "aws:PrincipalAccount": accountId } },
    },
  ]);
}
