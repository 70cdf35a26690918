import type { PolicyResource } from "./rule";
import { isChosen, ofType, referred, referrers, refersTo } from "./stack";
import { at, isPresent, list } from "./values";

const vpc = "aws:ec2/vpc:Vpc";
const route = "aws:ec2/route:Route";
const routeTable = "aws:ec2/routeTable:RouteTable";
const routeTableAssociation = "aws:ec2/routeTableAssociation:RouteTableAssociation";

/** Judgements of the routes of subnets: none may lead to gateways of these types. */
export function waysOut(stack: PolicyResource[], subnets: PolicyResource[], ...gateways: string[]): (() => string[])[] {
  const tables = subnets.flatMap((one) => tablesOf(stack, one));
  const inputs = gateways.map((gateway) =>
    gateway === "aws:ec2/natGateway:NatGateway" ? "natGatewayId" : "gatewayId",
  );
  return [
    () =>
      ofType(stack, route)
        .filter((one) => tables.some((table) => refersTo(one, "routeTableId", table)))
        .filter((one) => inputs.some((input) => isChosen(one, input)))
        .map(({ name }) => `${name} leads to the internet`),
    () =>
      tables
        .filter((table) => gateways.some((gateway) => referred(stack, table, "routes", gateway).length > 0))
        .map(({ name }) => `${name} leads to the internet`),
    () =>
      tables
        .filter((table) => list(table.inputs.routes).some((one) => inputs.some((input) => leadsOut(at(one, input)))))
        .map(({ name }) => `${name} leads to the internet`),
  ];
}

/** What the routes of a subnet name as their table: that of the subnet, or the main one of its VPC. */
function tablesOf(stack: PolicyResource[], one: PolicyResource): PolicyResource[] {
  const associations = referrers(stack, routeTableAssociation, "subnetId", one);
  return associations.length > 0
    ? associations.flatMap((association) => referred(stack, association, "routeTableId", routeTable))
    : referred(stack, one, "vpcId", vpc);
}

/** Whether an identifier is of a gateway, and not of the VPC itself or of an endpoint. */
function leadsOut(gatewayId: unknown): boolean {
  return isPresent(gatewayId) && !/^(local$|vpce-)/.test(String(gatewayId));
}
