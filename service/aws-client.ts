/** A client of an AWS API that answers or fails well within the time a request may take. */
export const awsClientLimits = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 1000, requestTimeout: 1500, throwOnRequestTimeout: true },
};
