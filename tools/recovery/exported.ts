import { UserError } from "../cli";
import type { Deployment } from "../stack-commands";

interface ReadableStack {
  /** Name of the stack. */
  stack: string;
  export(): Promise<Deployment>;
}

/** What the CLI says where it has no state to give, and what to do then. */
const remedies: [said: RegExp, remedy: (stack: string) => string[]][] = [
  [
    /no stack named/,
    (stack) => [
      `There is no stack "${stack}" in the backend that you are logged in to.`,
      "pulumi stack ls lists those that there are, and pulumi whoami --verbose names the backend.",
    ],
  ],
  [
    /must be set for login|not logged in/,
    () => ["You are logged in to no backend. Log in to the stack's, by pulumi login, and run the same command again."],
  ],
  [
    // Cut off in the middle, as only a backend of files leaves it.
    /failed to load checkpoint/,
    (stack) => [
      `The state of "${stack}" is half written. In the backend's folder .pulumi/stacks/<project>, delete ${stack}.json.attrs; where`,
      `${stack}.json ends in the middle, put ${stack}.json.bak in its place. Then run the same command again.`,
    ],
  ],
];

/** The state; where there is none to be had for a known reason, that is told with the way out. */
export async function exported(stack: ReadableStack): Promise<Deployment> {
  try {
    return await stack.export();
  } catch (error) {
    const reason = (error as { stderr?: string }).stderr ?? "";
    const [, remedy] = remedies.find(([said]) => said.test(reason)) ?? [];
    throw remedy ? new UserError(remedy(stack.stack).join("\n")) : error;
  }
}
