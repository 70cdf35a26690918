/** A UUID (RFC 9562) in lower case, as every identifier here is. */
export const uuidPattern = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$";

const uuid = new RegExp(uuidPattern);

export const isUuid = (text: string): boolean => uuid.test(text);
