import { duration } from "../../text/amounts";
import { element } from "./elements";
import type { Graph } from "./graph";

/** What the page says of a resource beside the graph; of none, what to do. */
export function detailsOf(graph: Graph, selected: number | undefined, goTo: (index: number) => void): HTMLElement[] {
  if (selected === undefined) {
    const hint = "Select a resource to see what it is made of, what it needs and what needs it.";
    return [element("p", hint, { class: "quiet" })];
  }
  return [
    element("h3", graph.titles[selected] ?? ""),
    factsOf(graph, selected),
    ...links("Needs", graph.node(selected).needs, graph, goTo),
    ...links("Is needed by", graph.neededBy[selected] ?? [], graph, goTo),
    element("h4", "Inputs"),
    element("pre", JSON.stringify(graph.node(selected).inputs, undefined, 2), { tabindex: 0 }),
  ];
}

function factsOf(graph: Graph, selected: number): HTMLElement {
  const { component, critical, fullType, physicalName, seconds, source, start } = graph.node(selected);
  const facts = [
    ["Type", fullType],
    ["Component", component],
    ["Name in AWS", physicalName],
    ["Begins after", `${duration(start)}${critical ? ", on the critical path" : ""}`],
    ["Takes", `${duration(seconds)} (${source})`],
  ].filter(([, text]) => text !== "");
  const list = element("dl", "");
  list.append(...facts.flatMap(([name = "", text = ""]) => [element("dt", name), element("dd", text)]));
  return list;
}

function links(title: string, indexes: number[], graph: Graph, goTo: (index: number) => void): HTMLElement[] {
  if (indexes.length === 0) return [];
  const list = element("ul", "", { class: "links" });
  for (const index of indexes) {
    const button = element("button", graph.titles[index] ?? "", { type: "button" });
    button.addEventListener("click", () => {
      goTo(index);
    });
    const item = element("li", "");
    item.append(button);
    list.append(item);
  }
  return [element("h4", `${title} (${indexes.length})`), list];
}
