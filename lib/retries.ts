/**
 * How often the provider sends a request at most: about three minutes, with its growing pauses, which outlasts throttling (API Gateway user guide, "Quotas": some calls
 * once in 30 seconds). The provider's default of 25 is more than an hour, in which a deployment hangs without a word, as EC2's answer to expired credentials,
 * `RequestExpired`, is one of those that the AWS SDK repeats.
 */
export const maxRetries = 10;
