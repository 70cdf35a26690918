import {
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  IAMClient,
  paginateListAttachedRolePolicies,
  paginateListEntitiesForPolicy,
  paginateListPolicyVersions,
  paginateListRolePolicies,
} from "@aws-sdk/client-iam";
import { collect } from "../leftovers/inventory";
import { unlessGone } from "./refusals";
import type { Removals } from "./removal";

export const iam: Removals<"aws:iam/policy:Policy" | "aws:iam/role:Role"> = (config) => {
  const client = new IAMClient(config);
  return {
    "aws:iam/policy:Policy": async ({ id: PolicyArn }) => {
      const roles = await collect(paginateListEntitiesForPolicy({ client }, { PolicyArn }), (page) => page.PolicyRoles);
      for (const { RoleName } of roles) {
        await unlessGone(client.send(new DetachRolePolicyCommand({ RoleName, PolicyArn })));
      }
      const versions = await collect(paginateListPolicyVersions({ client }, { PolicyArn }), (page) => page.Versions);
      for (const { VersionId } of versions.filter(({ IsDefaultVersion }) => !IsDefaultVersion)) {
        await unlessGone(client.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId })));
      }
      await client.send(new DeletePolicyCommand({ PolicyArn }));
    },
    "aws:iam/role:Role": async ({ id: RoleName }) => {
      const attached = await collect(
        paginateListAttachedRolePolicies({ client }, { RoleName }),
        (page) => page.AttachedPolicies,
      );
      for (const { PolicyArn } of attached) {
        await unlessGone(client.send(new DetachRolePolicyCommand({ RoleName, PolicyArn })));
      }
      const inline = await collect(paginateListRolePolicies({ client }, { RoleName }), (page) => page.PolicyNames);
      for (const PolicyName of inline) {
        await unlessGone(client.send(new DeleteRolePolicyCommand({ RoleName, PolicyName })));
      }
      await client.send(new DeleteRoleCommand({ RoleName }));
    },
  };
};
