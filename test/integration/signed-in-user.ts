import { randomUUID } from "node:crypto";
import {
  AdminCreateUserCommand,
  AdminDeleteUserCommand,
  AdminInitiateAuthCommand,
  AdminSetUserPasswordCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { aws, isLocal, outputs, present } from "./stack";

const UserPoolId = outputs.userPoolId;

/** A user of the API. */
export interface SignedInUser {
  /** Subject of the access token. */
  id: string;
  accessToken: string;
  remove: () => Promise<void>;
}

/** On AWS the user whose token was given as ACCESS_TOKEN; in the local cloud a new one, who is deleted by `remove`. */
export async function signIn(): Promise<SignedInUser> {
  return isLocal ? signNewUserIn() : givenUser(process.env.ACCESS_TOKEN ?? "");
}

/** @param token an access token that all scopes are in (docs/testing.md) */
export function givenUser(token: string): SignedInUser {
  const claims = Buffer.from(token.split(".")[1] ?? "", "base64url").toString();
  const { exp, sub } = JSON.parse(claims) as { exp: number; sub: string };
  return {
    id: sub,
    /** Each time, as a refusal of an expired one would look like that of a session that has ended. */
    get accessToken() {
      if (exp * 1000 > Date.now()) return token;
      throw new Error(
        `ACCESS_TOKEN has expired at ${new Date(exp * 1000).toISOString()}: get a fresh one at the sign-in pages, and run ` +
          "records.test.ts alone, as others take longer than a token lives: npm run test:integration -- --testPathPatterns integration/records",
      );
    },
    remove: () => Promise.resolve(),
  };
}

/** Signs a new user in, where that takes no sign-in page. */
async function signNewUserIn(): Promise<SignedInUser> {
  const Username = `${randomUUID()}@users.example`;
  const Password = `Aa1!${randomUUID()}`;
  const user = { UserPoolId, Username };
  const { User } = await aws.cognito.send(new AdminCreateUserCommand({ ...user, MessageAction: "SUPPRESS" }));
  await aws.cognito.send(new AdminSetUserPasswordCommand({ ...user, Password, Permanent: true }));
  const { AuthenticationResult } = await aws.cognito.send(
    new AdminInitiateAuthCommand({
      UserPoolId,
      ClientId: outputs.userPoolClientId,
      AuthFlow: "ADMIN_USER_PASSWORD_AUTH",
      AuthParameters: { USERNAME: Username, PASSWORD: Password },
    }),
  );
  return {
    id: present(User?.Attributes?.find(({ Name }) => Name === "sub")?.Value, "subject of the user"),
    accessToken: present(AuthenticationResult?.AccessToken, "access token"),
    remove: async () => {
      await aws.cognito.send(new AdminDeleteUserCommand(user));
    },
  };
}
