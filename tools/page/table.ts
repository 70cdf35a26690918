import { type Html, html } from "./html";

/** A table that scrolls in itself where the page is narrow, also by keyboard; the label is for screen readers. */
export const scrollingTable = (label: string, headings: string[], rows: Html[]): Html => html`
  <div class="scroll" tabindex="0" role="group" aria-label="${label}">
    <table>
      <thead>
        <tr>
          ${headings.map((heading) => html`<th scope="col">${heading}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>
`;
