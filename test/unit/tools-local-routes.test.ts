import { withLocalRoutes } from "../../tools/serve/local-routes";
import { TokenIssuer } from "../../tools/token-issuer";

const api = jest.fn((request: Request) => Promise.resolve(new Response(`The API, at ${request.url}`)));
const routes = withLocalRoutes(new TokenIssuer(), api);
beforeEach(() => api.mockClear());

const ask = async (request: Request) => routes.fetch(request, { sourceIp: "127.0.0.1" });

const signIn = (host: string) => {
  const body = JSON.stringify({ user: "me", scopes: ["records/read"] });
  return new Request(`http://${host}/local/sign-in`, { method: "POST", body });
};

describe("what the local server offers beside the API", () => {
  it.each(["localhost:8080", "127.0.0.1:8080"])("signs in whoever comes to %s", async (host) => {
    const answer = await ask(signIn(host));
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ accessToken: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/) as string });
  });

  it.each(["evil.example", "evil.example:8080", "localhost.evil.example", "127.0.0.1.evil.example"])(
    "gives nothing to a page of %s that has its name lead to this machine",
    async (host) => {
      const gets = ["/", "/openapi.json", "/v1/patients"].map((path) => new Request(`http://${host}${path}`));
      for (const request of [signIn(host), ...gets]) {
        const answer = await ask(request);
        expect([answer.status, await answer.text()]).toEqual([421, "Only for localhost.\n"]);
      }
      expect(api).not.toHaveBeenCalled();
    },
  );

  it("hands what is not its own to the API, with where it comes from", async () => {
    const request = new Request("http://localhost:8080/v1/patients");
    expect(await (await ask(request)).text()).toBe("The API, at http://localhost:8080/v1/patients");
    expect(api.mock.calls).toEqual([[request, "127.0.0.1"]]);
  });
});
