import type { TokenIssuer } from "../token-issuer";
import { Clients } from "./clients";
import type { Figure } from "./figures";
import { load } from "./load";

/** New sign-ins for each second: making their tokens takes about as long. */
const signInsPerSecond = 1000;

/** Opening the session of a new sign-in, whose token has to be verified, and using one. */
export async function sessions(
  port: number,
  clients: Clients,
  issuer: TokenIssuer,
  seconds: number,
): Promise<Figure[]> {
  const opened = await load(port, Clients.openingSessions(issuer, signInsPerSecond * seconds), "once");
  const used = await load(port, clients.reading(["/v1/session"]), seconds);
  return [
    { name: "sessions opened", measured: opened.perSecond, unit: "/s" },
    { name: "sessions used", measured: used.perSecond, unit: "/s" },
  ];
}
