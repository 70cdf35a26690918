/** PostgreSQL keeps no NUL, and half of a surrogate pair is no character (Unicode, D75). */
const unstorable = /[\0\p{Surrogate}]/u;

/** Whether PostgreSQL keeps a text as it is. */
export const isStorable = (text: string): boolean => !unstorable.test(text);
