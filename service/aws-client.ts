/** A client of an AWS API that answers or fails well within the time a request may take. */
export const awsClientLimits = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 1000, requestTimeout: 1500, throwOnRequestTimeout: true },
};

/** The same for work that nobody waits for, but that must end. */
export const awsJobLimits = {
  requestHandler: { connectionTimeout: 3000, requestTimeout: 10_000, throwOnRequestTimeout: true },
};
