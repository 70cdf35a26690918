/** Milliseconds. */
const limit = 1500;

/**
 * Gets the key set of a user pool from its region's service, or from where the AWS SDKs are told to find AWS
 * (AWS SDKs and tools reference guide, "Service-specific endpoints").
 */
export function fetchUserPoolKeys({ AWS_REGION = "", AWS_ENDPOINT_URL }: NodeJS.ProcessEnv) {
  const service = AWS_ENDPOINT_URL ?? `https://cognito-idp.${AWS_REGION}.amazonaws.com`;
  return async (path: string): Promise<ArrayBuffer> => {
    const response = await fetch(new URL(path, service), { signal: AbortSignal.timeout(limit) });
    if (!response.ok) throw new Error(`the user pool's keys: status ${response.status}`);
    return response.arrayBuffer();
  };
}
