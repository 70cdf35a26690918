import { Problem, tooManyRequests, unauthorized } from "../problems";
import type { Admission, Session, Sessions } from "../sessions";
import type { Call, Operation } from "./operation";

/** The live session, or why there is none to be used. */
export function requireLive(admission: Admission): Session {
  switch (admission.state) {
    case "live":
      return admission.session;
    case "absent":
      throw unauthorized("No session is open. Open one by POST /v1/session.", true);
    case "ended":
      throw unauthorized("The session has ended. Sign in again.", true);
    case "limited":
      throw tooManyRequests(admission.retryAfter);
  }
}

const shown = ({ token, access }: Call, { openedAt, idleExpiresAt, expiresAt }: Session) => ({
  userId: access.userId,
  scopes: token.scopes,
  openedAt: toText(openedAt),
  idleExpiresAt: toText(idleExpiresAt),
  expiresAt: toText(expiresAt),
});

/** RFC 3339. */
const toText = (moment: number) => new Date(moment).toISOString();

export const sessionOperations = (sessions: Sessions) =>
  ({
    openSession: {
      withoutSession: true,
      run: async (call) => {
        const session = requireLive(await sessions.open(call.token.signIn));
        return { status: 201, body: shown(call, session), accessed: [{ outcome: "allowed" }] };
      },
    },
    getSession: {
      run: (call, session) => {
        if (!session) throw new Problem(500, "There is no session.");
        return Promise.resolve({ status: 200, body: shown(call, session), accessed: [{ outcome: "allowed" }] });
      },
    },
    endSession: {
      withoutSession: true,
      run: async ({ token }) => {
        await sessions.end(token.signIn);
        return { status: 204, accessed: [{ outcome: "allowed" }] };
      },
    },
  }) satisfies Record<string, Operation>;
