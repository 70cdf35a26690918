import js from "@eslint/js";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["node_modules/", ".local/", "coverage/"] },
  js.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // Numbers and booleans read well in messages.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      // A rest of an object is how members are left out.
      "@typescript-eslint/no-unused-vars": ["error", { ignoreRestSiblings: true }],
      // Resources are registered by being constructed.
      "@typescript-eslint/no-unused-expressions": "off",
      "no-new": "off",
    },
  },
  {
    files: ["**/*.js"],
    languageOptions: { sourceType: "commonjs", globals: { module: "writable", require: "readonly" } },
  },
  {
    // Runs in a browser.
    files: ["tools/api-page/client.js"],
    languageOptions: {
      sourceType: "script",
      globals: Object.fromEntries(
        ["FormData", "URLSearchParams", "crypto", "document", "fetch", "location"].map((name) => [name, "readonly"]),
      ),
    },
  },
);
