import { explanation } from "../../tools/explanation";
import { awsError } from "./aws-answers";

const anew = "Sign in again, as by aws sso login, and run the same command again.";

it.each([
  [
    "CredentialsProviderError",
    "There are no AWS credentials: no\nSign in, as by aws sso login, or name a profile in AWS_PROFILE, and run the same command again.",
  ],
  ["ExpiredTokenException", `AWS does not accept these credentials: no\n${anew}`],
  ["InvalidClientTokenId", `AWS does not accept these credentials: no\n${anew}`],
  ["UnrecognizedClientException", `AWS does not accept these credentials: no\n${anew}`],
  [
    "AccessDeniedException",
    "AWS refuses this to these credentials: no\nSign in as somebody who may do it, and run the same command again.",
  ],
  [
    "UnauthorizedOperation",
    "AWS refuses this to these credentials: no\nSign in as somebody who may do it, and run the same command again.",
  ],
])("of %s is what to do about it, also as the cause of another error", (name, said) => {
  expect(explanation(awsError(name))).toBe(said);
  expect(explanation(new Error("EC2 cannot be looked through", { cause: awsError(name) }))).toBe(said);
});

it("of a host that nobody knows is the network or the region", () => {
  const unknown = Object.assign(new Error("getaddrinfo ENOTFOUND sts.eu-west-9.amazonaws.com"), { code: "ENOTFOUND" });
  expect(explanation(unknown)).toBe(
    "AWS cannot be reached: getaddrinfo ENOTFOUND sts.eu-west-9.amazonaws.com\nCheck the network, and whether there is such a region.",
  );
});

it("of another program is what that has said, without what it has printed", () => {
  const failed = (stderr: string) => Object.assign(new Error("no"), { cmd: "pulumi preview", stdout: "{}", stderr });
  expect(explanation(failed("error: no passphrase\n"))).toBe("This has failed: pulumi preview\nerror: no passphrase");
  expect(explanation(failed(""))).toBeUndefined();
});

it.each([new Error("no"), new TypeError("x is not a function"), awsError("ValidationException"), "no", undefined])(
  "of %s is unknown",
  (error) => {
    expect(explanation(error)).toBeUndefined();
  },
);
