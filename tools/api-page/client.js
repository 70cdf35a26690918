/** Sends the forms of the API page to the page's own origin and shows the answers. */
"use strict";

const tokenField = document.getElementById("token");
const signIn = document.getElementById("sign-in");
const forms = [...document.querySelectorAll(".try form")];

const shownHeaders = ["Content-Type", "ETag", "Location", "Retry-After", "WWW-Authenticate"];

signIn.addEventListener("submit", (event) => {
  event.preventDefault();
  void working(signIn, signInLocally);
});

for (const form of forms) {
  renewKeys(form);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void working(form, () => carryOut(form));
  });
}

/** Says so while it works, then in a few words what came of it, and the answer in full. */
async function working(form, work) {
  const button = form.querySelector("button");
  const show = (outcome, ...details) => {
    form.querySelector(".outcome").textContent = outcome;
    form.querySelector(".answer").replaceChildren(...details);
  };
  button.disabled = true;
  show("Waiting for the answer…");
  try {
    show(...(await work()));
  } catch (error) {
    show(`No answer came: ${error.message}`);
  } finally {
    button.disabled = false;
  }
}

async function signInLocally() {
  const data = new FormData(signIn);
  const user = data.get("user");
  const answer = await send({
    method: "POST",
    path: "/local/sign-in",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ user, scopes: data.getAll("scopes") }),
  });
  if (answer.status === 404) return ["There is no local sign-in here. Paste a token."];
  if (!answer.ok) return [outcomeOf(answer), ...describe(answer)];
  tokenField.value = JSON.parse(answer.text).accessToken;
  const session = await send({ method: "POST", path: "/v1/session", headers: authorization() });
  if (!session.ok) return [`Signed in as ${user}, but no session was opened.`, ...describe(session)];
  return [`Signed in as ${user}. The session is open.`];
}

async function carryOut(form) {
  const request = requestOf(form);
  const answer = await send(request);
  if (answer.ok) {
    takeOver(form, answer);
    renewKeys(form);
  }
  return [outcomeOf(answer), ...describe(answer), ...describeRequest(request)];
}

function requestOf(form) {
  const { method, path, secured } = form.dataset;
  const fields = [...form.elements].filter(({ dataset, value }) => dataset.in && value !== "");
  const of = (place) => fields.filter(({ dataset }) => dataset.in === place);
  const filled = of("path").reduce(
    (template, { name, value }) => template.replace(`{${name}}`, encodeURIComponent(value)),
    path,
  );
  const query = new URLSearchParams(of("query").map(({ name, value }) => [name, value])).toString();
  const body = of("body")[0]?.value;
  return {
    method,
    path: query === "" ? filled : `${filled}?${query}`,
    headers: {
      ...(secured === "true" && authorization()),
      ...(body !== undefined && { "Content-Type": "application/json" }),
      ...Object.fromEntries(of("header").map(({ name, value }) => [name, value])),
    },
    body,
  };
}

function authorization() {
  const token = tokenField.value.trim();
  return token === "" ? {} : { Authorization: `Bearer ${token}` };
}

async function send({ path, ...request }) {
  const response = await fetch(path, { ...request, cache: "no-store", credentials: "omit" });
  const { headers, ok, status, statusText } = response;
  return { headers, ok, status, statusText, text: await response.text() };
}

const outcomeOf = ({ status, statusText }) => `${status} ${statusText}`;

function describe({ headers, text }) {
  const lines = shownHeaders.filter((name) => headers.has(name)).map((name) => `${name}: ${headers.get(name)}`);
  return [[lines.join("\n")], text === "" ? [] : [formatted(text)]].flat().filter(Boolean).map(block);
}

function formatted(text) {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
}

/** The request as a command for a shell; the token stays out of it. */
function describeRequest({ method, path, headers, body }) {
  const shown = { ...headers, ...(headers.Authorization && { Authorization: "Bearer $TOKEN" }) };
  const parts = [
    `curl -i -X ${method} ${quoted(location.origin + path)}`,
    ...Object.entries(shown).map(([name, value]) =>
      name === "Authorization" ? `-H "${name}: ${value}"` : `-H ${quoted(`${name}: ${value}`)}`,
    ),
    ...(body === undefined ? [] : [`-d ${quoted(body)}`]),
  ];
  return [element("h4", "The same with curl"), block(parts.join(" \\\n  "))];
}

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/** Fills other forms with what the answer tells: the parts of its path, of its Location, and its ETag. */
function takeOver(form, { headers }) {
  const own = [...form.elements].filter(({ dataset }) => dataset.in === "path").map(({ name, value }) => [name, value]);
  const created = headers.get("Location") ?? "";
  const place = forms.map(({ dataset }) => dataset.path).find((template) => partsOf(template, created));
  for (const [name, value] of [...own, ...Object.entries((place && partsOf(place, created)) ?? {})])
    fill(forms, name, value);
  const tag = headers.get("ETag");
  const described = place ?? form.dataset.path;
  if (tag !== null)
    fill(
      forms.filter(({ dataset }) => dataset.path === described),
      "If-Match",
      tag,
    );
}

/** Values of a path template's parameters, where the path is one of it. */
function partsOf(template, path) {
  const pattern = template.replace(/\{(\w+)\}/g, "(?<$1>[^/]+)");
  return new RegExp(`^${pattern}$`).exec(path)?.groups;
}

function fill(targets, name, value) {
  for (const target of targets) {
    const field = target.elements.namedItem(name);
    if (field) field.value = value;
  }
}

/** Each request that creates something takes a fresh key. */
function renewKeys(form) {
  for (const field of form.querySelectorAll('[data-fresh="true"]')) field.value = crypto.randomUUID();
}

function block(text) {
  const pre = element("pre", text);
  pre.tabIndex = 0;
  return pre;
}

function element(name, text) {
  const created = document.createElement(name);
  created.textContent = text;
  return created;
}
