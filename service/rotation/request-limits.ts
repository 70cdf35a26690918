/** Milliseconds that a call of AWS may take, for the handler of an AWS client: nobody waits for a rotation, but it must end. */
export const requestLimits = { connectionTimeout: 3000, requestTimeout: 10_000, throwOnRequestTimeout: true };
