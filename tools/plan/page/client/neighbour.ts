import type { Drawing } from "./drawing";
import type { Graph } from "./graph";

/** Where an arrow of the keyboard leads: left to what a resource needs, right to what needs it, up and down to the nearest one that is drawn. */
export function neighbour(index: number, key: string, graph: Graph, drawing: Drawing): number | undefined {
  switch (key) {
    case "ArrowLeft":
      return graph.node(index).needs.find((need) => drawing.has(need));
    case "ArrowRight":
      return graph.neededBy[index]?.find((user) => drawing.has(user));
    case "ArrowUp":
      return nearest(index, -1, drawing);
    case "ArrowDown":
      return nearest(index, 1, drawing);
    default:
      return undefined;
  }
}

function nearest(index: number, direction: 1 | -1, drawing: Drawing): number | undefined {
  const { x, y } = drawing.place(index);
  const [first] = [...drawing.layout.places]
    .map(([other, place]) => ({ other, ahead: (place.y - y) * direction, aside: Math.abs(place.x - x) }))
    .filter(({ ahead }) => ahead > 0)
    .sort((one, another) => one.ahead + one.aside - (another.ahead + another.aside));
  return first?.other;
}
