import type { RedisConnection } from "../redis-connection";
import { runScript, script } from "../redis-scripts";

/** The sign-in that a session belongs to. */
export interface SignIn {
  /** Names it in every access token that comes from it, refreshed ones too. */
  id: string;
  userId: string;
  /** Milliseconds since 1970. */
  at: number;
}

export interface Session {
  /** Milliseconds since 1970, as the others. */
  openedAt: number;
  idleExpiresAt: number;
  expiresAt: number;
}

/** What became of the wish to use a session. */
export type Admission =
  | { state: "live"; session: Session }
  /** None was opened since the sign-in. */
  | { state: "absent" }
  /** By the user, an operator or a time limit, or not opened in time; only another sign-in helps. */
  | { state: "ended" }
  /** Too many requests; `retryAfter` is in seconds. */
  | { state: "limited"; retryAfter: number };

export interface SessionLimits {
  /** Seconds without a request after which a session ends, or can no longer be opened (45 CFR 164.312(a)(2)(iii)). */
  idle: number;
  /** Seconds from the sign-in after which its session ends whatever happens. */
  absolute: number;
  /** Requests that one session may make in a minute, against the reading-out of the whole hospital. */
  requestsPerMinute: number;
}

/**
 * Sessions in Redis, by its clock, so that all containers agree. Counted from the sign-in, the absolute limit cannot
 * be put off by refreshing tokens, and what tells that a session has ended need not be kept any longer than that.
 *
 * A sign-in opens its session within the idle limit: should Redis lose its data, a session that ended does not open
 * again after that. Should a failover lose only that it ended, it lives on until it expires.
 */
export class Sessions {
  constructor(
    private readonly redis: RedisConnection,
    private readonly limits: SessionLimits,
  ) {}

  /** Opens the session of a sign-in, or takes the one that lives. */
  open(signIn: SignIn): Promise<Admission> {
    return this.admit(signIn, true);
  }

  /** Takes the live session, and puts off its idle end. One round trip. */
  use(signIn: SignIn): Promise<Admission> {
    return this.admit(signIn, false);
  }

  /** Ends the session of a sign-in at once, opened or not. */
  async end({ id, at }: SignIn): Promise<void> {
    await this.redis.run((client) => runScript(client, endScript, [sessionKey(id)], [this.expiry(at)]));
  }

  private async admit({ id, userId, at }: SignIn, mayOpen: boolean): Promise<Admission> {
    const keys = [sessionKey(id), endedKey(userId)];
    const { idle, requestsPerMinute } = this.limits;
    const args = [at, this.expiry(at), idle * 1000, requestsPerMinute, Number(mayOpen)];
    const answer = await this.redis.run((client) => runScript(client, admitScript, keys, args));
    const [state, first, second] = answer as [Admission["state"], number, number];
    switch (state) {
      case "live":
        return { state, session: { openedAt: first, idleExpiresAt: second, expiresAt: this.expiry(at) } };
      case "limited":
        return { state, retryAfter: first };
      default:
        return { state };
    }
  }

  private expiry(signedInAt: number): number {
    return signedInAt + this.limits.absolute * 1000;
  }
}

/**
 * Ends all sessions of a user at once: until the user signs in again, nothing opens another.
 *
 * @param absolute seconds from the sign-in after which its session ends whatever happens
 */
export async function endAllSessions(redis: RedisConnection, userId: string, absolute: number): Promise<void> {
  await redis.run((client) => runScript(client, endAllScript, [endedKey(userId)], [absolute * 1000]));
}

const sessionKey = (signInId: string) => `session:${signInId}`;
const endedKey = (userId: string) => `sessions-ended:${userId}`;

/** Milliseconds since 1970. */
const now = `
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
`;

/** A request that is refused for its number counts too, but does not put off the idle end. */
const admitScript = script(`
  ${now}
  local signedInAt, expiresAt, idle, limit = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
  local endedAt = redis.call('GET', KEYS[2])
  if now >= expiresAt or (endedAt and tonumber(endedAt) >= signedInAt) then return {'ended'} end

  local openedAt, idleExpiresAt, ended, minute, requests =
    unpack(redis.call('HMGET', KEYS[1], 'openedAt', 'idleExpiresAt', 'ended', 'minute', 'requests'))
  if ended or (openedAt and now >= tonumber(idleExpiresAt)) then return {'ended'} end
  if not openedAt then
    if ARGV[5] == '0' then return {'absent'} end
    if now >= signedInAt + idle then return {'ended'} end
    openedAt = now
  end

  local thisMinute = math.floor(now / 60000)
  requests = tonumber(minute) == thisMinute and tonumber(requests) + 1 or 1
  redis.call('HSET', KEYS[1], 'minute', thisMinute, 'requests', requests)
  redis.call('PEXPIREAT', KEYS[1], expiresAt)
  if requests > limit then return {'limited', math.ceil(((thisMinute + 1) * 60000 - now) / 1000)} end

  idleExpiresAt = math.min(now + idle, expiresAt)
  redis.call('HSET', KEYS[1], 'openedAt', openedAt, 'idleExpiresAt', idleExpiresAt)
  return {'live', tonumber(openedAt), idleExpiresAt}
`);

const endScript = script(`
  redis.call('HSET', KEYS[1], 'ended', 1)
  redis.call('PEXPIREAT', KEYS[1], ARGV[1])
`);

const endAllScript = script(`
  ${now}
  redis.call('SET', KEYS[1], now, 'PX', ARGV[1])
`);
