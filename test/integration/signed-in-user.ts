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
export const signIn = (): Promise<SignedInUser> => (isLocal ? signNewUserIn() : Promise.resolve(givenUser()));

/** Of a token that all scopes are in (docs/testing.md). */
function givenUser(): SignedInUser {
  const accessToken = present(process.env.ACCESS_TOKEN, "access token");
  const claims = Buffer.from(accessToken.split(".")[1] ?? "", "base64url").toString();
  return { id: (JSON.parse(claims) as { sub: string }).sub, accessToken, remove: () => Promise.resolve() };
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
