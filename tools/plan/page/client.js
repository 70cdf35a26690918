import { layOut, nodeSize } from "./layout.ts";

/** @type {import("./graph").PageNode[]} */
const nodes = JSON.parse(document.getElementById("graph-data").textContent);
/** The critical path, from its beginning: nodes stand after what they need. */
const criticalPath = nodes.flatMap(({ critical }, index) => (critical ? [index] : []));
const neededBy = nodes.map(() => []);
nodes.forEach(({ needs }, index) => needs.forEach((need) => neededBy[need].push(index)));

const svgNamespace = "http://www.w3.org/2000/svg";
const picture = document.getElementById("graph");
const details = document.getElementById("details");
const status = document.getElementById("graph-status");
const filters = {
  component: document.getElementById("filter-component"),
  text: document.getElementById("filter-text"),
};

const canvas = svg("g", {}, picture);
const laneLayer = svg("g", {}, canvas);
const edgeLayer = svg("g", { "aria-hidden": "true" }, canvas);
const nodeLayer = svg("g", {}, canvas);

const titles = nodes.map(({ name, type }) => `${type} ${name}`);
const searched = nodes.map((node) =>
  `${node.fullType} ${node.name} ${node.physicalName} ${node.component}`.toLowerCase(),
);

let layout = layOut(nodes, []);
/** Elements of what is drawn: nodes by position, edges as {from, to, path}. */
let drawn = { nodes: new Map(), edges: [] };
let selected;
let view = { x: 0, y: 0, scale: 1 };

function svg(name, attributes, parent, text) {
  const element = document.createElementNS(svgNamespace, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  parent.append(element);
  return element;
}

function element(name, text, attributes = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

/** Draws what the filters let through. */
function draw() {
  const text = filters.text.value.trim().toLowerCase();
  const component = filters.component.value;
  const shown = nodes
    .map((_, index) => index)
    .filter((index) => (component === "" || nodes[index].component === component) && searched[index].includes(text));
  layout = layOut(nodes, shown);
  for (const layer of [laneLayer, edgeLayer, nodeLayer]) layer.replaceChildren();
  for (const { component: title, top, height } of layout.lanes) {
    svg("rect", { class: "lane", x: 0, y: top, width: layout.width, height, rx: 8 }, laneLayer);
    svg("text", { class: "lane-title", x: 12, y: top + 17 }, laneLayer, title);
  }
  drawn = { nodes: new Map(shown.map((index) => [index, drawNode(index)])), edges: drawEdges(shown) };
  status.textContent = `${shown.length} of ${nodes.length} resources`;
  if (!drawn.nodes.has(selected)) selected = undefined;
  highlight();
  fit();
}

function drawNode(index) {
  const { x, y } = layout.places.get(index);
  const group = svg(
    "g",
    {
      class: `node${nodes[index].critical ? " critical" : ""}`,
      role: "button",
      tabindex: -1,
      transform: `translate(${x} ${y})`,
      "aria-label": `${titles[index]}, ${nodes[index].component}`,
      "data-node": index,
    },
    nodeLayer,
  );
  svg("title", {}, group, `${nodes[index].fullType} ${nodes[index].name}`);
  svg("rect", { width: nodeSize.width, height: nodeSize.height, rx: 5 }, group);
  svg("text", { x: 8, y: 17 }, group, shortened(titles[index]));
  return group;
}

function shortened(text) {
  return text.length > 28 ? `${text.slice(0, 27)}…` : text;
}

function drawEdges(shown) {
  const edges = [];
  for (const to of shown)
    for (const from of nodes[to].needs.filter((need) => layout.places.has(need))) {
      const [a, b] = [layout.places.get(from), layout.places.get(to)];
      const [x1, y1] = [a.x + nodeSize.width, a.y + nodeSize.height / 2];
      const [x2, y2] = [b.x, b.y + nodeSize.height / 2];
      const bend = Math.max(30, (x2 - x1) / 2);
      // Around what stands between them in the same row.
      const rise = Math.abs(y1 - y2) < 1 && x2 - x1 > nodeSize.width ? 26 : 0;
      const path = svg(
        "path",
        { class: "edge", d: `M${x1} ${y1}C${x1 + bend} ${y1 + rise} ${x2 - bend} ${y2 + rise} ${x2} ${y2}` },
        edgeLayer,
      );
      if (nodes[from].critical && criticalPath[criticalPath.indexOf(from) + 1] === to) path.classList.add("critical");
      edges.push({ from, to, path });
    }
  return edges;
}

/** All that can be reached from a node by some arrows, itself not counted. */
function reached(from, next) {
  const found = new Set();
  const follow = (index) => {
    for (const neighbour of next(index))
      if (!found.has(neighbour)) {
        found.add(neighbour);
        follow(neighbour);
      }
  };
  follow(from);
  return found;
}

/** Marks the selected node, all that it needs and all that needs it; without one, nothing. */
function highlight() {
  const none = new Set();
  const needs = selected === undefined ? none : reached(selected, (index) => nodes[index].needs);
  const users = selected === undefined ? none : reached(selected, (index) => neededBy[index]);
  picture.classList.toggle("has-selection", selected !== undefined);
  const inNeeds = (index) => index === selected || needs.has(index);
  const inUsers = (index) => index === selected || users.has(index);
  for (const [index, group] of drawn.nodes) {
    group.classList.toggle("selected", index === selected);
    group.classList.toggle("need", needs.has(index));
    group.classList.toggle("user", users.has(index));
    group.setAttribute("aria-pressed", String(index === selected));
  }
  for (const { from, to, path } of drawn.edges) {
    path.classList.toggle("need", selected !== undefined && inNeeds(from) && inNeeds(to));
    path.classList.toggle("user", selected !== undefined && inUsers(from) && inUsers(to));
  }
  const [first] = drawn.nodes.keys();
  for (const [index, group] of drawn.nodes) group.setAttribute("tabindex", index === (selected ?? first) ? 0 : -1);
}

function select(index) {
  selected = index;
  highlight();
  describe();
}

/** Selects a node that may be filtered out, or out of sight. */
function goTo(index) {
  if (!drawn.nodes.has(index)) {
    filters.component.value = "";
    filters.text.value = "";
    draw();
  }
  select(index);
  bringIntoView(index);
  drawn.nodes.get(index).focus({ preventScroll: true });
}

function describe() {
  if (selected === undefined) {
    details.replaceChildren(
      element("p", "Select a resource to see what it is made of, what it needs and what needs it.", { class: "quiet" }),
    );
    return;
  }
  const node = nodes[selected];
  const facts = element("dl", "");
  const fact = (name, text) => {
    if (text !== "") facts.append(element("dt", name), element("dd", text));
  };
  fact("Type", node.fullType);
  fact("Component", node.component);
  fact("Name in AWS", node.physicalName);
  fact("Begins after", `${node.start} s${node.critical ? ", on the critical path" : ""}`);
  fact("Takes", `${node.seconds} s (${node.source})`);
  const inputs = element("details", "");
  inputs.append(
    element("summary", "Inputs"),
    element("pre", JSON.stringify(node.inputs, undefined, 2), { tabindex: 0 }),
  );
  inputs.open = true;
  details.replaceChildren(
    element("h3", titles[selected]),
    facts,
    ...links("Needs", node.needs),
    ...links("Is needed by", neededBy[selected]),
    inputs,
  );
}

function links(title, indexes) {
  if (indexes.length === 0) return [];
  const list = element("ul", "", { class: "links" });
  for (const index of indexes) {
    const item = element("li", "");
    const button = element("button", titles[index], { type: "button" });
    button.addEventListener("click", () => goTo(index));
    item.append(button);
    list.append(item);
  }
  return [element("h4", `${title} (${indexes.length})`), list];
}

function applyView() {
  canvas.setAttribute("transform", `translate(${view.x} ${view.y}) scale(${view.scale})`);
}

function fit() {
  const { clientWidth, clientHeight } = picture;
  const scale = Math.min(clientWidth / layout.width, clientHeight / layout.height, 1.2);
  // Small enough to be seen at once would be too small to be read.
  view.scale = Number.isFinite(scale) ? Math.max(scale, 0.6) : 1;
  view.x = Math.max(0, (clientWidth - layout.width * view.scale) / 2);
  view.y = Math.max(0, (clientHeight - layout.height * view.scale) / 2);
  applyView();
}

function zoom(factor, x = picture.clientWidth / 2, y = picture.clientHeight / 2) {
  const scale = Math.min(3, Math.max(0.1, view.scale * factor));
  view.x = x - ((x - view.x) * scale) / view.scale;
  view.y = y - ((y - view.y) * scale) / view.scale;
  view.scale = scale;
  applyView();
}

function bringIntoView(index) {
  const { x, y } = layout.places.get(index);
  const left = x * view.scale + view.x;
  const top = y * view.scale + view.y;
  const margin = 40;
  const { clientWidth, clientHeight } = picture;
  if (left < margin || left + nodeSize.width * view.scale > clientWidth - margin) view.x += clientWidth / 2 - left;
  if (top < margin || top > clientHeight - margin) view.y += clientHeight / 2 - top;
  applyView();
}

const nodeAt = (target) => {
  const group = target.closest?.("[data-node]");
  return group ? Number(group.dataset.node) : undefined;
};

const pointers = new Map();
let moved = false;

picture.addEventListener("pointerdown", (event) => {
  pointers.set(event.pointerId, event);
  if (pointers.size === 1) moved = false;
});

picture.addEventListener("pointermove", (event) => {
  const before = pointers.get(event.pointerId);
  if (!before) return;
  const others = [...pointers.values()].filter(({ pointerId }) => pointerId !== event.pointerId);
  if (others.length === 0) {
    const [x, y] = [event.clientX - before.clientX, event.clientY - before.clientY];
    // A click is not always quite still.
    if (!moved && Math.hypot(x, y) < 4) return;
    picture.setPointerCapture(event.pointerId);
    view.x += x;
    view.y += y;
    applyView();
  } else {
    const [other] = others;
    const distance = (one) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
    const { left, top } = picture.getBoundingClientRect();
    zoom(
      distance(event) / Math.max(1, distance(before)),
      (event.clientX + other.clientX) / 2 - left,
      (event.clientY + other.clientY) / 2 - top,
    );
  }
  moved = true;
  pointers.set(event.pointerId, event);
});

for (const end of ["pointerup", "pointercancel"])
  picture.addEventListener(end, (event) => pointers.delete(event.pointerId));

picture.addEventListener("click", (event) => {
  if (moved) return;
  const index = nodeAt(event.target);
  select(index);
});

picture.addEventListener(
  "wheel",
  (event) => {
    event.preventDefault();
    const { left, top } = picture.getBoundingClientRect();
    zoom(Math.exp(-event.deltaY / 400), event.clientX - left, event.clientY - top);
  },
  { passive: false },
);

/** The nearest shown node in a direction: what a node needs to the left, what needs it to the right, its neighbours above and below. */
function neighbour(index, key) {
  const isShown = (other) => drawn.nodes.has(other);
  if (key === "ArrowLeft") return nodes[index].needs.find(isShown);
  if (key === "ArrowRight") return neededBy[index].find(isShown);
  const { x, y } = layout.places.get(index);
  const sign = key === "ArrowDown" ? 1 : -1;
  const candidates = [...layout.places]
    .map(([other, place]) => ({ other, ahead: (place.y - y) * sign, aside: Math.abs(place.x - x) }))
    .filter(({ ahead }) => ahead > 0);
  candidates.sort((one, other) => one.ahead + one.aside - (other.ahead + other.aside));
  return candidates[0]?.other;
}

picture.addEventListener("keydown", (event) => {
  const index = nodeAt(event.target);
  const keys = { "+": () => zoom(1.25), "-": () => zoom(0.8), 0: fit, Escape: () => select(undefined) };
  const action = keys[event.key];
  if (action) action();
  else if (index !== undefined && (event.key === "Enter" || event.key === " ")) select(index);
  else if (index !== undefined && event.key.startsWith("Arrow")) {
    const next = neighbour(index, event.key);
    if (next !== undefined) goTo(next);
  } else return;
  event.preventDefault();
});

for (const filter of Object.values(filters)) filter.addEventListener("input", draw);
document.getElementById("zoom-in").addEventListener("click", () => zoom(1.25));
document.getElementById("zoom-out").addEventListener("click", () => zoom(0.8));
document.getElementById("zoom-fit").addEventListener("click", fit);
for (const button of document.querySelectorAll("[data-go-to]"))
  button.addEventListener("click", () => {
    picture.scrollIntoView({ block: "nearest" });
    goTo(Number(button.dataset.goTo));
  });

draw();
describe();
