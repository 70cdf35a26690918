import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { OpenAPIV3 } from "openapi-types";
import { accessSection } from "./api-page/access";
import { pageDocument } from "./page/document";
import { html, prose } from "./page/html";
import { modelSection } from "./api-page/models";
import { operationsOf } from "./api-page/operation";
import { methodBadge, operationAnchor, operationSection } from "./api-page/operations";
import { modelLink } from "./api-page/schemas";

const asset = (name: string) => readFileSync(join(__dirname, "api-page", name), "utf8");

const style = asset("style.css");
const script = asset("client.js");

/**
 * The page of an API for those who call it: reference and forms to try it, in one HTML document that loads nothing.
 * Its requests go to the origin it is served from, whose `POST /local/sign-in` takes {"user", "scopes"} and answers
 * with {"accessToken"}; where there is none, a token is pasted in.
 *
 * Not for any OpenAPI document: parameters stand in the operations, models under `components`, and security is OAuth 2.
 */
export function apiPage(document: OpenAPIV3.Document): string {
  const { components = {}, info } = document;
  const models = components.schemas as Record<string, OpenAPIV3.SchemaObject>;
  const operations = operationsOf(document);
  return pageDocument({
    title: info.title,
    style,
    script,
    // To the origin it is served from.
    allowed: ["connect-src 'self'"],
    body: html`<a class="skip" href="#main">Skip to the content</a>
      <nav aria-label="Contents">
        <p class="title">${info.title} <span class="version">${info.version}</span></p>
        <ul>
          <li class="no-print"><a href="#access">Access token</a></li>
        </ul>
        <h2>Operations</h2>
        <ul>
          ${operations.map(
            (operation) =>
              html`<li>
                <a href="#${operationAnchor(operation)}"
                  >${methodBadge(operation.method)} <span>${prose(operation.declared.summary ?? operation.id)}</span></a
                >
              </li>`,
          )}
        </ul>
        <h2>Models</h2>
        <ul>
          ${Object.keys(models).map((name) => html`<li>${modelLink(name)}</li>`)}
        </ul>
      </nav>
      <main id="main" tabindex="-1">
        <h1>${info.title} <span class="version">${info.version}</span></h1>
        <p>${prose(info.description ?? "")}</p>
        ${accessSection(scopesOf(components))}
        <section aria-labelledby="operations">
          <h2 id="operations">Operations</h2>
          ${operations.map((operation) => operationSection(operation, models))}
        </section>
        <section aria-labelledby="models">
          <h2 id="models">Models</h2>
          ${Object.keys(models).map((name) => modelSection(name, models))}
        </section>
      </main>`,
  });
}

/** Scopes that a token may have, and what each is for. */
const scopesOf = ({ securitySchemes = {} }: OpenAPIV3.ComponentsObject): Record<string, string> =>
  Object.assign(
    {},
    ...Object.values(securitySchemes as Record<string, OpenAPIV3.SecuritySchemeObject>).map((scheme) =>
      scheme.type === "oauth2" ? scheme.flows.authorizationCode?.scopes : {},
    ),
  ) as Record<string, string>;
