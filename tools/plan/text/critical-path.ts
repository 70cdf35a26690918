import { type CriticalPath } from "../critical-path";
import { titleOfUrn } from "../resources";
import { clock, duration } from "./amounts";
import { columns, wrapped } from "./columns";

export function criticalPathText({ bound, longest, steps, total, unknown }: CriticalPath): string[] {
  const share = ((total / bound) * 100 - 100).toFixed(0);
  const summary =
    `${duration(total)} from nothing, if everything is created as early as it can be: ${share} % more than ` +
    `${titleOfUrn(longest.urn)} takes (${duration(longest.seconds)}) with what it needs (${duration(bound)}).`;
  const rows = steps.map(({ seconds, source, start, urn }) => [
    clock(start),
    duration(seconds),
    titleOfUrn(urn),
    source,
  ]);
  return [
    ...wrapped(summary, 98).map((line) => `  ${line}`),
    "",
    ...columns([["begins", "takes", "resource", "where the time is from"], ...rows], { right: [0, 1] }),
    ...(unknown.length > 0 ? ["", `  No time is noted for ${unknown.join(", ")}.`] : []),
  ];
}
