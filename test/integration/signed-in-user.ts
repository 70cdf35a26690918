import { randomUUID } from "node:crypto";
import {
  AdminCreateUserCommand,
  AdminDeleteUserCommand,
  AdminInitiateAuthCommand,
  AdminSetUserPasswordCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { aws, outputs, present } from "./stack";

const UserPoolId = outputs.userPoolId;

/** A user of the API, made for a test and deleted after it. */
export interface SignedInUser {
  /** Subject of the access token. */
  id: string;
  accessToken: string;
  remove: () => Promise<void>;
}

/** Signs a new user in, where that takes no sign-in page. */
export async function signIn(): Promise<SignedInUser> {
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
