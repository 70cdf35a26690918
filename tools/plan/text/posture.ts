import type { Posture } from "../posture";
import { columns } from "./columns";

export function postureText({ facts, operations }: Posture): string[] {
  const areas = [...new Set(facts.map(({ area }) => area))];
  return [
    ...areas.flatMap((area) => [
      `  ${area}`,
      ...columns(
        facts
          .filter((fact) => fact.area === area)
          .map(({ holds, says, subject }) => [
            holds ? "ok" : "NO",
            says.length > 40 ? "" : says,
            says.length > 40 ? `${subject}: ${says}` : subject,
          ]),
        { indent: "    " },
      ),
    ]),
    "  who may call the API's operations",
    ...columns(
      operations.map(({ method, path, scopes }) => [scopes.join(", ") || "anybody", method, path]),
      { indent: "    " },
    ),
  ];
}
