import { ReplyError as UntypedReplyError } from "ioredis";
import type { UnavailableReason } from "../../service/contract-schemas";
import { SecretFormatError } from "../../service/secret";
import { describeError, errorText } from "../../service/describe-error";
import { unavailableReason } from "../../service/unavailable-reason";
import { UnavailableError } from "../../service/unavailable-error";
import { TimeLimitError } from "../../service/time-limit";

const ReplyError = UntypedReplyError as new (message: string) => Error;

const error = (properties: { name?: string; code?: string; message?: string }) =>
  Object.assign(new Error(properties.message), properties);

describe("unavailableReason", () => {
  it.each<[string, unknown, UnavailableReason]>([
    ["the own limit", new TimeLimitError(2000), "timeout"],
    ["an AWS request that takes too long", error({ name: "TimeoutError" }), "timeout"],
    ["a host that does not answer", error({ code: "ETIMEDOUT" }), "timeout"],
    ["PostgreSQL's wrong password", error({ code: "28P01" }), "unauthorized"],
    ["PostgreSQL's refused user", error({ code: "28000" }), "unauthorized"],
    ["Redis' wrong password", new ReplyError("WRONGPASS invalid username-password pair"), "unauthorized"],
    ["Redis' missing password", new ReplyError("NOAUTH Authentication required."), "unauthorized"],
    ["the same words from elsewhere", new Error("WRONGPASS"), "unreachable"],
    ["an unknown authority", error({ code: "UNABLE_TO_GET_ISSUER_CERT_LOCALLY" }), "misconfigured"],
    ["a self-signed certificate", error({ code: "DEPTH_ZERO_SELF_SIGNED_CERT" }), "misconfigured"],
    ["a certificate for another host", error({ code: "ERR_TLS_CERT_ALTNAME_INVALID" }), "misconfigured"],
    ["an expired certificate", error({ code: "CERT_HAS_EXPIRED" }), "misconfigured"],
    ["a server without TLS", error({ code: "ERR_SSL_WRONG_VERSION_NUMBER" }), "misconfigured"],
    ["PostgreSQL without TLS", error({ message: "The server does not support SSL connections" }), "misconfigured"],
    ["no such database", error({ code: "3D000" }), "misconfigured"],
    ["no right to read the secret", error({ name: "AccessDeniedException" }), "misconfigured"],
    ["no such secret", error({ name: "ResourceNotFoundException" }), "misconfigured"],
    ["a malformed secret", new SecretFormatError("the secret is empty"), "misconfigured"],
    ["a refused connection", error({ code: "ECONNREFUSED" }), "unreachable"],
    ["an unknown host", error({ code: "ENOTFOUND" }), "unreachable"],
    ["anything else", "what", "unreachable"],
    ["what a dependency failed for", new UnavailableError("database", error({ code: "28P01" })), "unauthorized"],
  ])("takes %s for what it is", (_, thrown, reason) => {
    expect(unavailableReason(thrown)).toBe(reason);
  });
});

describe("describeError", () => {
  it("keeps the kind and leaves out everything else", () => {
    expect(describeError(error({ name: "DatabaseError", code: "23505", message: "Key (name)=(Doe)" }))).toEqual({
      name: "DatabaseError",
      code: "23505",
    });
    expect(describeError(new RangeError("7"))).toEqual({ name: "RangeError" });
    expect(describeError("text")).toEqual({ name: "string" });
  });

  it("says what is away, and why", () => {
    const refused = error({ code: "ECONNREFUSED", message: "connect ECONNREFUSED 10.0.20.4:6379" });
    expect(describeError(new UnavailableError("cache", refused))).toEqual({
      dependency: "cache",
      name: "Error",
      code: "ECONNREFUSED",
    });
    expect(errorText(new UnavailableError("cache", refused))).toBe("Error, ECONNREFUSED");
    expect(errorText(new RangeError("7"))).toBe("RangeError");
  });
});
