import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from "aws-lambda";
import type { Bindings } from "./app";

interface App {
  fetch(request: Request, bindings: Bindings): Response | Promise<Response>;
}

/** Takes requests as API Gateway's REST proxy integration passes them (API Gateway developer guide, "Lambda proxy integrations"). */
export const createHandler =
  (app: App) =>
  async (
    event: APIGatewayProxyEvent,
    { awsRequestId }: Pick<Context, "awsRequestId">,
  ): Promise<APIGatewayProxyResult> => {
    const { identity, authorizer } = event.requestContext;
    const response = await app.fetch(requestOf(event), {
      // Lambda's, as a client can choose the gateway's (API Gateway developer guide, "Access logging for REST APIs").
      requestContext: { requestId: awsRequestId, identity, authorizer },
    });
    return {
      statusCode: response.status,
      headers: Object.fromEntries(response.headers),
      body: await response.text(),
    };
  };

/** API Gateway has decoded the query, and leaves out what is empty. */
function requestOf(event: APIGatewayProxyEvent): Request {
  const { httpMethod, path, body, isBase64Encoded } = event;
  // The host plays no role, and what was decoded must not end the path.
  const address = new URL(path.replace(/[?#]/g, encodeURIComponent), "https://api");
  for (const [name, values] of Object.entries(event.multiValueQueryStringParameters ?? {}))
    for (const value of values ?? []) address.searchParams.append(name, value);
  const headers = new Headers();
  for (const [name, values] of Object.entries(event.multiValueHeaders))
    // API Gateway may pass characters that no header of HTTP holds; `Headers` throws at them.
    for (const value of (values ?? []).filter(isHeaderValue)) headers.append(name, value);
  const mayHaveBody = body !== null && httpMethod !== "GET" && httpMethod !== "HEAD";
  const content = mayHaveBody ? Buffer.from(body, isBase64Encoded ? "base64" : "utf8") : undefined;
  return new Request(address, { method: httpMethod, headers, body: content });
}

/** RFC 9110, section 5.5. */
const isHeaderValue = (text: string) => /^[\t\x20-\x7e\x80-\xff]*$/.test(text);
