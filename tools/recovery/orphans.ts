import type { Found } from "../leftovers/inventory";
import type { ResourceState } from "../stack-commands";
import { adoptions } from "./adoption";
import { identitiesOf, identity, withoutDeleted } from "./identity";

/** Alarms that an autoscaling policy brings along. */
const madeByAws = "TargetTracking-";

/**
 * What exists in the cloud, is of a type that the program makes, and stands nowhere in the state: neither as a resource nor as something that AWS made for one.
 * Not what only lies in something of the environment: others may need it there, as GuardDuty its endpoint in the VPC.
 */
export function strangers(existing: Found[], resources: ResourceState[]): Found[] {
  const known = new Set(
    withoutDeleted(resources).flatMap((resource) => [...identitiesOf(resource), ...broughtAlong(resource)]),
  );
  return existing.filter(
    ({ id, inheritsTags, type }) =>
      type in adoptions && !inheritsTags && !known.has(identity(type, id)) && !id.startsWith(madeByAws),
  );
}

/** Identities of what AWS makes along with a resource. */
function broughtAlong({ outputs = {}, type }: ResourceState): string[] {
  if (type === "aws:ec2/vpc:Vpc") {
    return [
      identity("aws:ec2/routeTable:RouteTable", String(outputs.defaultRouteTableId)),
      identity("aws:ec2/securityGroup:SecurityGroup", String(outputs.defaultSecurityGroupId)),
    ];
  }
  if (type === "aws:rds/instance:Instance") {
    const secrets = (outputs.masterUserSecrets ?? []) as { secretArn: string }[];
    return secrets.map(({ secretArn }) => identity("aws:secretsmanager/secret:Secret", secretArn));
  }
  return [];
}
