import { nodeSize } from "../layout";
import type { PageNode } from "../node";
import { detailsOf } from "./details";
import { Drawing } from "./drawing";
import { byId } from "./elements";
import { Graph } from "./graph";
import { neighbour } from "./neighbour";
import { followPointers } from "./pointers";
import { View } from "./view";

const graph = new Graph(JSON.parse(byId("graph-data", HTMLScriptElement).textContent) as PageNode[]);
const picture = byId("graph", SVGSVGElement);
const drawing = new Drawing(picture, graph);
const view = new View(picture, drawing.canvas);
const component = byId("filter-component", HTMLSelectElement);
const text = byId("filter-text", HTMLInputElement);
let selected: number | undefined;

/** Draws what the filters let through. */
function draw() {
  const shown = graph.filtered(component.value, text.value.trim());
  drawing.draw(shown);
  view.show(drawing.layout);
  byId("graph-status", HTMLElement).textContent = `${shown.length} of ${graph.nodes.length} resources`;
  select(shown.find((index) => index === selected));
}

function select(index: number | undefined) {
  selected = index;
  drawing.highlight(index);
  byId("details", HTMLElement).replaceChildren(...detailsOf(graph, index, goTo));
}

/** Selects a resource that may be filtered out, or out of sight. */
function goTo(index: number) {
  if (!drawing.has(index)) {
    component.value = "";
    text.value = "";
    draw();
  }
  select(index);
  view.bringIntoView({ ...drawing.place(index), ...nodeSize });
  drawing.focus(index);
}

function nodeAt(target: EventTarget | null): number | undefined {
  const node = (target as Element).closest<SVGElement>("[data-node]");
  return node ? Number(node.dataset.node) : undefined;
}

const enlarge = () => {
  view.zoom(1.25);
};
const reduce = () => {
  view.zoom(0.8);
};
const fit = () => {
  view.fit();
};
const deselect = () => {
  select(undefined);
};

const actions = new Map([
  ["+", enlarge],
  ["-", reduce],
  ["0", fit],
  ["Escape", deselect],
]);

picture.addEventListener("keydown", (event) => {
  const action = actions.get(event.key);
  const index = nodeAt(event.target);
  if (action) action();
  else if (index === undefined) return;
  else if (event.key === "Enter" || event.key === " ") select(index);
  else {
    const next = neighbour(index, event.key, graph, drawing);
    if (next === undefined) return;
    goTo(next);
  }
  event.preventDefault();
});

followPointers(picture, view, (target) => {
  select(nodeAt(target));
});
for (const filter of [component, text]) filter.addEventListener("input", draw);
byId("zoom-in", HTMLButtonElement).addEventListener("click", enlarge);
byId("zoom-out", HTMLButtonElement).addEventListener("click", reduce);
byId("zoom-fit", HTMLButtonElement).addEventListener("click", fit);
for (const button of document.querySelectorAll<HTMLElement>("[data-go-to]"))
  button.addEventListener("click", () => {
    picture.scrollIntoView({ block: "nearest" });
    goTo(Number(button.dataset.goTo));
  });

draw();
