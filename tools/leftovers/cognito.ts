import {
  CognitoIdentityProviderClient,
  DescribeUserPoolCommand,
  paginateListUserPools,
} from "@aws-sdk/client-cognito-identity-provider";
import { askEach, collect, type Inventory } from "./inventory";

export const cognito: Inventory = async (config) => {
  const client = new CognitoIdentityProviderClient(config);
  const pools = await collect(paginateListUserPools({ client }, { MaxResults: 60 }), (page) => page.UserPools);
  return askEach(pools, async ({ Id = "", Name }) => {
    const { UserPool } = await client.send(new DescribeUserPoolCommand({ UserPoolId: Id }));
    return {
      type: "aws:cognito/userPool:UserPool" as const,
      id: Id,
      names: [Name, UserPool?.Domain],
      tags: UserPool?.UserPoolTags ?? {},
      isProtected: UserPool?.DeletionProtection === "ACTIVE",
    };
  });
};
