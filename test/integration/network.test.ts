import {
  type Address,
  DescribeAddressesCommand,
  DescribeFlowLogsCommand,
  DescribeInternetGatewaysCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcsCommand,
  type NatGateway,
  paginateDescribeRouteTables,
  paginateDescribeSubnets,
  type RouteTable,
  type Subnet,
  type Vpc,
  type VpcEndpoint,
} from "@aws-sdk/client-ec2";
import { findEndpoints, findNatGateways, ofVpc } from "./lookups";
import {
  accountId,
  arnOf,
  aws,
  canonical,
  collect,
  nameOf,
  only,
  outputs,
  parsePolicy,
  partition,
  present,
  region,
} from "./stack";

const { publicSubnetIds, privateSubnetIds, dataSubnetIds, vpcId } = outputs;
const tiers = { public: publicSubnetIds, private: privateSubnetIds, data: dataSubnetIds };

let vpc: Vpc;
let subnets: Subnet[];
let routeTables: RouteTable[];
let natGateways: NatGateway[];
let endpoints: VpcEndpoint[];

beforeAll(async () => {
  const all = { client: aws.ec2 };
  vpc = only((await aws.ec2.send(new DescribeVpcsCommand({ VpcIds: [vpcId] }))).Vpcs, "VPC");
  subnets = await collect(paginateDescribeSubnets(all, { Filters: [ofVpc] }), (page) => page.Subnets);
  routeTables = await collect(paginateDescribeRouteTables(all, { Filters: [ofVpc] }), (page) => page.RouteTables);
  natGateways = await findNatGateways();
  endpoints = await findEndpoints();
});

const subnet = (id: string) =>
  only(
    subnets.filter(({ SubnetId }) => SubnetId === id),
    `subnet ${id}`,
  );

const mainRouteTable = () =>
  only(
    routeTables.filter(({ Associations }) => Associations?.some(({ Main }) => Main)),
    "main route table",
  );

/** A subnet without a route table of its own has the main one. */
const routeTableOf = (subnetId: string) =>
  routeTables.find(({ Associations }) => Associations?.some((association) => association.SubnetId === subnetId)) ??
  mainRouteTable();

/** Where packets go, but for the gateway endpoint's prefix list. */
const routes = ({ Routes = [] }: RouteTable) =>
  Routes.filter(({ DestinationPrefixListId }) => DestinationPrefixListId === undefined).map(
    ({ DestinationCidrBlock, DestinationIpv6CidrBlock, GatewayId, NatGatewayId, State }) => ({
      to: DestinationCidrBlock ?? DestinationIpv6CidrBlock,
      by: GatewayId ?? NatGatewayId,
      State,
    }),
  );

const localRoute = () => ({ to: vpc.CidrBlock, by: "local", State: "active" });

describe("VPC", () => {
  test("has one private block, resolves names and answers with the names of its own", async () => {
    expect(vpc).toMatchObject({ State: "available", IsDefault: false, InstanceTenancy: "default" });
    expect(vpc.CidrBlock).toMatch(/^(10\.\d+|172\.(1[6-9]|2\d|3[01])|192\.168)\.\d+\.0\/1[678]$/);
    expect(vpc.CidrBlockAssociationSet).toHaveLength(1);
    expect(vpc.Ipv6CidrBlockAssociationSet ?? []).toEqual([]);
    const [support, hostnames] = await Promise.all(
      (["enableDnsSupport", "enableDnsHostnames"] as const).map((Attribute) =>
        aws.ec2.send(new DescribeVpcAttributeCommand({ VpcId: vpcId, Attribute })),
      ),
    );
    expect(support?.EnableDnsSupport).toEqual({ Value: true });
    expect(hostnames?.EnableDnsHostnames).toEqual({ Value: true });
  });

  test("records all traffic, every minute, in the encrypted log group", async () => {
    const { FlowLogs } = await aws.ec2.send(
      new DescribeFlowLogsCommand({ Filter: [{ Name: "resource-id", Values: [vpcId] }] }),
    );
    const flowLog = only(FlowLogs, "flow log");
    expect(flowLog.DeliverLogsErrorMessage).toBeUndefined();
    expect(flowLog).toMatchObject({
      FlowLogStatus: "ACTIVE",
      TrafficType: "ALL",
      MaxAggregationInterval: 60,
      LogDestinationType: "cloud-watch-logs",
      LogDestination: arnOf("logs", `log-group:${nameOf("vpc-flow-logs")}`),
      DeliverLogsPermissionArn: `arn:${partition}:iam::${accountId}:role/${nameOf("vpc-flow-logs")}`,
    });
  });
});

describe("subnets", () => {
  test("are those of the outputs, as many in each tier, in at least two zones", () => {
    expect(dataSubnetIds.length).toBeGreaterThanOrEqual(2);
    expect([publicSubnetIds.length, privateSubnetIds.length]).toEqual([dataSubnetIds.length, dataSubnetIds.length]);
    expect(subnets.map(({ SubnetId }) => SubnetId).sort()).toEqual(Object.values(tiers).flat().sort());
  });

  test.each(Object.entries(tiers))("of the %s tier stand in a zone each, the same in every tier", (_, ids) => {
    const zones = ids.map((id) => present(subnet(id).AvailabilityZoneId, "zone"));
    expect(new Set(zones).size).toBe(ids.length);
    expect(zones).toEqual(publicSubnetIds.map((id) => subnet(id).AvailabilityZoneId));
  });

  test.each(Object.values(tiers).flat())("%s gives nobody a public address", (id) => {
    expect(subnet(id)).toMatchObject({ MapPublicIpOnLaunch: false, AssignIpv6AddressOnCreation: false });
    expect(subnet(id).CidrBlock).toMatch(/\/24$/);
  });
});

describe("routes", () => {
  test("of the data subnets stay in the VPC", () => {
    const [table, ...others] = new Set(dataSubnetIds.map(routeTableOf));
    expect(others).toEqual([]);
    expect(routes(present(table, "route table"))).toEqual([localRoute()]);
  });

  test("of nothing but the subnets exist: the main route table, which new subnets would get, stays in the VPC", () => {
    expect(routes(mainRouteTable())).toEqual([localRoute()]);
    const inUse = new Set([...Object.values(tiers).flat().map(routeTableOf), mainRouteTable()]);
    expect(inUse.size).toBe(1 + privateSubnetIds.length + (natGateways.length > 0 ? 2 : 1));
    expect(routeTables).toHaveLength(inUse.size);
  });

  test("of the private subnets leave by NAT only: by their zone's gateway where each zone has one", () => {
    expect([0, 1, privateSubnetIds.length]).toContain(natGateways.length);
    expect(new Set(privateSubnetIds.map(routeTableOf)).size).toBe(privateSubnetIds.length);
    const natOf = (id: string) => {
      const zone = subnet(id).AvailabilityZoneId;
      const inZone = natGateways.find(({ SubnetId }) => subnet(SubnetId ?? "").AvailabilityZoneId === zone);
      return natGateways.length === 1 ? natGateways[0] : inZone;
    };
    const expected = (id: string) =>
      natGateways.length === 0
        ? [localRoute()]
        : [localRoute(), { to: "0.0.0.0/0", by: present(natOf(id)?.NatGatewayId, "NAT gateway"), State: "active" }];
    expect(privateSubnetIds.map((id) => routes(routeTableOf(id)))).toEqual(privateSubnetIds.map(expected));
  });

  test("of the public subnets lead to the internet gateway, which is there for NAT only", async () => {
    const { InternetGateways = [] } = await aws.ec2.send(
      new DescribeInternetGatewaysCommand({ Filters: [{ Name: "attachment.vpc-id", Values: [vpcId] }] }),
    );
    expect(InternetGateways).toHaveLength(natGateways.length > 0 ? 1 : 0);
    const toInternet = InternetGateways.map(({ InternetGatewayId }) => ({
      to: "0.0.0.0/0",
      by: InternetGatewayId,
      State: "active",
    }));
    const tables = new Set(natGateways.length > 0 ? publicSubnetIds.map(routeTableOf) : []);
    expect([...tables].map(routes)).toEqual(toInternet.map((route) => [localRoute(), route]));
  });
});

test("NAT gateways stand in public subnets, each with an address of its own", async () => {
  const addressIds = natGateways.map(({ NatGatewayAddresses }) =>
    present(only(NatGatewayAddresses, "address of the NAT gateway").AllocationId, "address"),
  );
  expect(new Set(addressIds).size).toBe(natGateways.length);
  expect(publicSubnetIds).toEqual(expect.arrayContaining(natGateways.map(({ SubnetId }) => SubnetId)));
  expect(natGateways.map(({ ConnectivityType }) => ConnectivityType)).toEqual(natGateways.map(() => "public"));
  const addresses: Address[] =
    addressIds.length === 0
      ? []
      : ((await aws.ec2.send(new DescribeAddressesCommand({ AllocationIds: addressIds }))).Addresses ?? []);
  expect(addresses.map(({ Domain }) => Domain)).toEqual(natGateways.map(() => "vpc"));
});

describe("endpoints", () => {
  test("of S3 serve the private subnets, and let through images' layers only", () => {
    const s3 = only(
      endpoints.filter(({ VpcEndpointType }) => VpcEndpointType === "Gateway"),
      "gateway endpoint",
    );
    expect(s3).toMatchObject({ ServiceName: `com.amazonaws.${region}.s3`, State: "available" });
    const served = new Set(privateSubnetIds.map((id) => routeTableOf(id).RouteTableId));
    expect([...(s3.RouteTableIds ?? [])].sort()).toEqual([...served].sort());
    expect(canonical(parsePolicy(s3.PolicyDocument))).toEqual(
      canonical({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: "*",
            Action: "s3:GetObject",
            Resource: `arn:${partition}:s3:::prod-${region}-starport-layer-bucket/*`,
          },
        ],
      }),
    );
  });

  test("of AWS's APIs are there where no NAT leads to them", () => {
    const services = endpoints.flatMap(({ ServiceName, VpcEndpointType }) =>
      VpcEndpointType === "Interface" ? [ServiceName?.replace(`com.amazonaws.${region}.`, "")] : [],
    );
    const required = ["ecr.api", "ecr.dkr", "elasticache", "logs", "secretsmanager", "xray"];
    const missing = required.filter((service) => !services.includes(service));
    expect(natGateways.length === 0 ? missing : []).toEqual([]);
  });

  test("of AWS's APIs stand in the private subnets, under their usual names, for this account only", () => {
    const interfaces = endpoints.filter(({ VpcEndpointType }) => VpcEndpointType === "Interface");
    const facts = interfaces.map(({ Groups, PolicyDocument, PrivateDnsEnabled, State, SubnetIds }) => ({
      groups: Groups?.map(({ GroupName }) => GroupName),
      conditions: canonical(parsePolicy(PolicyDocument).Statement.map(({ Condition }) => Condition)),
      PrivateDnsEnabled,
      State,
      subnetIds: SubnetIds?.toSorted(),
    }));
    expect(facts).toEqual(
      interfaces.map(() => ({
        groups: [nameOf("endpoints")],
        conditions: canonical([{ StringEquals: { "aws:PrincipalAccount": accountId } }]),
        PrivateDnsEnabled: true,
        State: "available",
        subnetIds: privateSubnetIds.toSorted(),
      })),
    );
  });
});
