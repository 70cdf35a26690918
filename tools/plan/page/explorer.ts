import { type Html, html } from "../../page/html";
import type { PageNode } from "./node";

/** The graph of the resources, with its filters and what it says of the selected one; `client/` brings it to life. */
export function explorerSection(nodes: PageNode[]): Html {
  const components = [...new Set(nodes.map(({ component }) => component))].sort();
  return html`<p class="quiet" id="graph-help">
      Everything stands to the right of what it needs. Drag to move, turn the wheel or pinch to zoom, click a resource
      to follow what it needs and what needs it. By keyboard: arrows go from resource to resource, Enter selects, Escape
      deselects, + and - zoom, 0 fits.
    </p>
    <div class="toolbar" role="group" aria-label="Graph">
      <label
        >Component
        <select id="filter-component">
          <option value="">all</option>
          ${components.map((component) => html`<option>${component}</option>`)}
        </select></label
      >
      <label>Text <input id="filter-text" type="search" placeholder="name or type" autocomplete="off" /></label>
      <button id="zoom-in" type="button" aria-label="Zoom in">+</button>
      <button id="zoom-out" type="button" aria-label="Zoom out">−</button>
      <button id="zoom-fit" type="button">Fit</button>
      <span id="graph-status" role="status" class="quiet"></span>
    </div>
    <p class="legend">
      <span class="critical">critical path</span><span class="need">needed by the selected one</span
      ><span class="user">needs the selected one</span>
    </p>
    <div class="explorer">
      <svg id="graph" role="group" aria-label="Graph of the resources" aria-describedby="graph-help"></svg>
      <aside id="details" aria-label="Selected resource" aria-live="polite" tabindex="0"></aside>
    </div>`;
}
