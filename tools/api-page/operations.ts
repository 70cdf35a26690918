import type { OpenAPIV3 } from "openapi-types";
import { exampleOf, toJson } from "./examples";
import { type Html, html, prose } from "../page/html";
import { limits, requirement } from "./models";
import { bodySchema, type Operation } from "./operation";
import { modelLink, modelName, typeOf } from "./schemas";
import { scrollingTable } from "../page/table";
import { tryItForm } from "./try-it";

export const operationAnchor = ({ id }: Operation) => `operation-${id}`;

export const methodBadge = (method: string): Html =>
  html`<span class="method ${method.toLowerCase()}">${method}</span>`;

export const operationSection = (operation: Operation, models: Record<string, OpenAPIV3.SchemaObject>): Html => {
  const { declared, id, method, parameters, path, scope } = operation;
  const body = bodySchema(operation);
  return html`
    <article id="${operationAnchor(operation)}" class="card">
      <h3>${prose(declared.summary ?? id)}</h3>
      <p class="route">${methodBadge(method)} <code>${path}</code></p>
      ${declared.description === undefined ? undefined : html`<p>${prose(declared.description)}</p>`}
      <p class="facts">
        <span
          >${scope === undefined ? html`Needs no access token.` : html`Needs the scope <code>${scope}</code>.`}</span
        >
        <span>operationId <code>${id}</code></span>
      </p>
      ${parameters.length === 0 ? undefined : parameterTable(id, parameters)}
      ${
        body === undefined
          ? undefined
          : html`
              <h4>Request body</h4>
              <p>${typeOf(body)} as <code>application/json</code>:</p>
              <pre tabindex="0"><code>${toJson(exampleOf(body, models))}</code></pre>
            `
      }
      ${responseTable(id, declared.responses)} ${tryItForm(operation, models)}
    </article>
  `;
};

const parameterTable = (id: string, parameters: OpenAPIV3.ParameterObject[]): Html => html`
  <h4>Parameters</h4>
  ${scrollingTable(
    `Parameters of ${id}`,
    ["Parameter", "In", "Type", "Description"],
    parameters.map(
      ({ name, in: place, required, schema = {}, description }) => html`
        <tr>
          <th scope="row"><code>${name}</code>${requirement(required)}</th>
          <td>${place}</td>
          <td>${typeOf(schema)}</td>
          <td>${description === undefined ? undefined : html`<p>${prose(description)}</p>`}${limits(schema)}</td>
        </tr>
      `,
    ),
  )}
`;

const responseTable = (id: string, responses: OpenAPIV3.ResponsesObject): Html => html`
  <h4>Responses</h4>
  ${scrollingTable(
    `Responses of ${id}`,
    ["Status", "Means", "Body", "Headers"],
    Object.entries(responses as Record<string, OpenAPIV3.ResponseObject>).map(
      ([status, { description, content = {}, headers = {} }]) => html`
        <tr>
          <th scope="row"><span class="status s${status.charAt(0)}">${status}</span></th>
          <td>${prose(description)}</td>
          <td>${Object.values(content).map(({ schema }) => modelLink(modelName(schema) ?? ""))}</td>
          <td>${Object.keys(headers).map((name) => html`<code class="whole">${name}</code> `)}</td>
        </tr>
      `,
    ),
  )}
`;
