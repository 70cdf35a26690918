/** What an error of AWS's says, and what to do about it, by its name: faults of the surroundings, and not of the commands. */
const remedies: [names: RegExp, meaning: string, remedy: string][] = [
  [
    /^(CredentialsProvider|TokenProvider)Error$/,
    "There are no AWS credentials",
    "Sign in, as by aws sso login, or name a profile in AWS_PROFILE, and run the same command again.",
  ],
  [
    /^(ExpiredToken|RequestExpired|InvalidClientTokenId|UnrecognizedClient|SignatureDoesNotMatch|InvalidSignature|AuthFailure)/,
    "AWS does not accept these credentials",
    "Sign in again, as by aws sso login, and run the same command again.",
  ],
  [
    /^(AccessDenied|Unauthorized)/,
    "AWS refuses this to these credentials",
    "Sign in as somebody who may do it, and run the same command again.",
  ],
];

/** What the user can do about an error, where that is known of it or of what has caused it. */
export function explanation(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  return ofAws(error) ?? ofNetwork(error) ?? ofProgram(error) ?? explanation(error.cause);
}

function ofAws({ message, name }: Error): string | undefined {
  const [, meaning, remedy] = remedies.find(([names]) => names.test(name)) ?? [];
  return meaning && `${meaning}: ${message}\n${remedy}`;
}

function ofNetwork(error: Error): string | undefined {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== "ENOTFOUND" && code !== "EAI_AGAIN") return undefined;
  return `AWS cannot be reached: ${error.message}\nCheck the network, and whether there is such a region.`;
}

/** Of another program that was started, such as the Pulumi CLI, what it has said; the rest of the error is what it has printed until then. */
function ofProgram(error: Error): string | undefined {
  const { cmd, stderr } = error as { cmd?: unknown; stderr?: unknown };
  if (typeof cmd !== "string" || typeof stderr !== "string" || stderr.trim() === "") return undefined;
  return `This has failed: ${cmd}\n${stderr.trim()}`;
}
