import type { OpenAPIV3 } from "openapi-types";
import { exampleOf, toJson } from "./examples";
import { type Html, html, prose } from "../page/html";
import { constraintsOf, modelAnchor, propertiesOf, typeOf } from "./schemas";
import { scrollingTable } from "../page/table";

type Models = Record<string, OpenAPIV3.SchemaObject>;

/** A model: its properties with their limits, and an example. */
export const modelSection = (name: string, models: Models): Html => {
  const schema = models[name] ?? {};
  return html`
    <article id="${modelAnchor(name)}" class="card">
      <h3>${name}</h3>
      ${description(schema)} ${limits(schema)}
      ${scrollingTable(
        `Properties of ${name}`,
        ["Property", "Type", "Description"],
        propertiesOf(schema).map(
          ({ path, required, schema: property }) => html`
            <tr>
              <th scope="row"><code>${path}</code>${requirement(required)}</th>
              <td>${typeOf(property)}</td>
              <td>${description(property)}${limits(property)}</td>
            </tr>
          `,
        ),
      )}
      <details>
        <summary>Example of ${name}</summary>
        <pre tabindex="0"><code>${toJson(exampleOf(schema, models, "", name))}</code></pre>
      </details>
    </article>
  `;
};

export const requirement = (required: boolean | undefined): Html =>
  required ? html` <span class="required">required</span>` : html` <span class="optional">optional</span>`;

export const limits = (schema: OpenAPIV3.SchemaObject | OpenAPIV3.ReferenceObject): Html | undefined => {
  const constraints = constraintsOf(schema);
  return constraints.length === 0
    ? undefined
    : html`<ul class="limits">
        ${constraints.map((constraint) => html`<li>${constraint}</li>`)}
      </ul>`;
};

const description = (schema: OpenAPIV3.SchemaObject | OpenAPIV3.ReferenceObject): Html | undefined =>
  "$ref" in schema || schema.description === undefined ? undefined : html`<p>${prose(schema.description)}</p>`;
