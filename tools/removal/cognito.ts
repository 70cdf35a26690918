import {
  CognitoIdentityProviderClient,
  DeleteUserPoolCommand,
  DeleteUserPoolDomainCommand,
  DescribeUserPoolCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { unlessGone } from "./refusals";
import type { Removals } from "./removal";

export const cognito: Removals<"aws:cognito/userPool:UserPool"> = (config) => {
  const client = new CognitoIdentityProviderClient(config);
  return {
    "aws:cognito/userPool:UserPool": async ({ id: UserPoolId }) => {
      const { UserPool } = await client.send(new DescribeUserPoolCommand({ UserPoolId }));
      // A pool with a domain is not deleted.
      if (UserPool?.Domain) {
        await unlessGone(client.send(new DeleteUserPoolDomainCommand({ UserPoolId, Domain: UserPool.Domain })));
      }
      await client.send(new DeleteUserPoolCommand({ UserPoolId }));
    },
  };
};
