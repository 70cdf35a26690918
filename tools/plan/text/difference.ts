import type { Change, DifferentResource } from "../difference";
import type { Plan } from "../plan";
import { shortType } from "../resources";
import { width, wrapped } from "./columns";

export function differenceText({
  added,
  changed,
  from,
  removed,
  unchanged,
}: NonNullable<Plan["difference"]>): string[] {
  const summary = `Compared with ${from}: ${added.length} added, ${removed.length} removed, ${changed.length} changed, ${unchanged} unchanged.`;
  const lines = [
    ...added.map((resource) => `+ ${nameOf(resource)}`),
    ...removed.map((resource) => `- ${nameOf(resource)}`),
    ...changed.flatMap((resource) => [`~ ${nameOf(resource)}`, ...resource.changes.flatMap(changeText)]),
  ];
  return [`  ${summary}`, ...lines.map((line) => `  ${line}`)];
}

function nameOf({ component, name, type }: DifferentResource): string {
  return `${component} / ${shortType(type)} ${name}`;
}

function changeText({ after, before, path }: Change): string[] {
  const text =
    Array.isArray(before) && Array.isArray(after)
      ? itemsText(before, after)
      : `${valueText(before)} -> ${valueText(after)}`;
  return wrapped(`${path}: ${text}`, width - 8).map((line, index) => `${index === 0 ? "    " : "      "}${line}`);
}

function itemsText(before: unknown[], after: unknown[]): string {
  return [...before.map((item) => `- ${valueText(item)}`), ...after.map((item) => `+ ${valueText(item)}`)].join(", ");
}

const longest = 160;

function valueText(value: unknown): string {
  const text = value === undefined ? "nothing" : JSON.stringify(value);
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
