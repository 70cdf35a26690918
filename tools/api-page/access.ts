import { type Html, html } from "../page/html";

/** Where the access token of all forms comes from: the local sign-in, or pasted in. */
export const accessSection = (scopes: Record<string, string>): Html => html`
  <section aria-labelledby="access" class="no-print">
    <h2 id="access">Access token</h2>
    <div class="card columns">
      <form id="sign-in" autocomplete="off">
        <fieldset>
          <legend>Sign in locally</legend>
          <label for="user">User</label>
          <input id="user" name="user" value="clinician-1" required spellcheck="false" />
          ${Object.entries(scopes).map(
            ([scope, description]) => html`
              <label class="choice">
                <input type="checkbox" name="scopes" value="${scope}" checked />
                <span><code>${scope}</code> ${description}</span>
              </label>
            `,
          )}
          <button type="submit">Sign in and open a session</button>
          <p class="outcome" role="status"></p>
          <div class="answer"></div>
        </fieldset>
      </form>
      <div>
        <label for="token">Token that the forms below send</label>
        <textarea id="token" rows="6" spellcheck="false" autocomplete="off"></textarea>
        <p>From the sign-in, or pasted in. It stays in this page and is gone when the page is closed.</p>
      </div>
    </div>
  </section>
`;
