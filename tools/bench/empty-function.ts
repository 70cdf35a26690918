/** A function that does nothing: what it takes to start is Lambda's and Node.js's share. */
export const handler = () => Promise.resolve();
