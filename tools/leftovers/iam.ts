import {
  IAMClient,
  ListPolicyTagsCommand,
  ListRoleTagsCommand,
  paginateListPolicies,
  paginateListRoles,
} from "@aws-sdk/client-iam";
import { askEach, collect, type Inventory, tagRecord } from "./inventory";

export const iam: Inventory = async (config) => {
  const client = new IAMClient(config);
  const roles = await collect(paginateListRoles({ client }, {}), (page) => page.Roles);
  const policies = await collect(paginateListPolicies({ client }, { Scope: "Local" }), (page) => page.Policies);
  return [
    ...(await askEach(roles, async ({ RoleName = "" }) => {
      const { Tags } = await client.send(new ListRoleTagsCommand({ RoleName }));
      return { type: "aws:iam/role:Role" as const, id: RoleName, names: [RoleName], tags: tagRecord(Tags) };
    })),
    ...(await askEach(policies, async ({ Arn = "", PolicyName }) => {
      const { Tags } = await client.send(new ListPolicyTagsCommand({ PolicyArn: Arn }));
      return { type: "aws:iam/policy:Policy" as const, id: Arn, names: [PolicyName], tags: tagRecord(Tags) };
    })),
  ];
};
