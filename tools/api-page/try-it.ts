import type { OpenAPIV3 } from "openapi-types";
import { exampleOf, toJson } from "./examples";
import { type Html, html } from "../page/html";
import { bodySchema, type Operation } from "./operation";

/** A form that carries out an operation on the page's own origin; client.js sends it. */
export const tryItForm = (operation: Operation, models: Record<string, OpenAPIV3.SchemaObject>): Html => {
  const { declared, id, method, parameters, path, scope } = operation;
  const body = bodySchema(operation);
  return html`
    <details class="try">
      <summary>Try it<span class="visually-hidden">: ${declared.summary ?? id}</span></summary>
      <form
        data-method="${method}"
        data-path="${path}"
        data-secured="${String(scope !== undefined)}"
        autocomplete="off"
      >
        ${parameters.map((parameter) => parameterField(id, parameter))}
        ${
          body === undefined
            ? undefined
            : html`
                <label for="${id}-body">Body</label>
                <textarea id="${id}-body" name="body" data-in="body" rows="10" spellcheck="false">
${toJson(exampleOf(body, models))}</textarea>
              `
        }
        <button type="submit">Send<span class="visually-hidden"> ${method} ${path}</span></button>
        <p class="outcome" role="status"></p>
        <div class="answer"></div>
      </form>
    </details>
  `;
};

/** Limits are not enforced here, so that the API can be seen to refuse; but a path needs all of its parts. */
const parameterField = (id: string, { name, in: place, required, schema = {} }: OpenAPIV3.ParameterObject): Html => {
  const { format } = schema as OpenAPIV3.SchemaObject;
  return html`
    <label for="${id}-${name}"><code>${name}</code> <span class="place">${place}</span></label>
    <input
      id="${id}-${name}"
      name="${name}"
      data-in="${place}"
      data-fresh="${String(place === "header" && format === "uuid")}"
      placeholder="${required ? undefined : "left out"}"
      spellcheck="false"
      ${place === "path" ? html`required` : undefined}
    />
  `;
};
