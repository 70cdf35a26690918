import { type DatabaseCredentials, parseDatabaseCredentials } from "../postgres";
import type { SecretFormat } from "../rotation/secret-versions";
import { SecretFormatError } from "../secret";
import { type ServiceUser, serviceUsers } from "../service-user";

/** What the service logs in with. */
export interface Login extends DatabaseCredentials {
  username: ServiceUser;
}

/** {"username", "password"}, with a user whose password may be changed here and a password that is ASCII. */
export const loginFormat: SecretFormat<Login> = {
  name: "a login of the service",
  parse(text) {
    const credentials = readCredentials(text);
    const username = serviceUsers.find((user) => user === credentials?.username);
    if (!credentials || !username || !/^[ -~]+$/.test(credentials.password)) return null;
    return { username, password: credentials.password };
  },
  write: (login) => JSON.stringify(login),
};

function readCredentials(text: string): DatabaseCredentials | null {
  try {
    return parseDatabaseCredentials(text);
  } catch (error) {
    if (error instanceof SecretFormatError) return null;
    throw error;
  }
}

/** The one that is not at work, and so may be given another password. */
export const otherUser = (user: ServiceUser): ServiceUser =>
  user === serviceUsers[0] ? serviceUsers[1] : serviceUsers[0];
