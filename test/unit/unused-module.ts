/** Stands in for modules that Pulumi loads and no unit test needs; see jest.config.js. */
export {};
