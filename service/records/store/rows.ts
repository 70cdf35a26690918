/** Members of T that are null in a row where the contract leaves them out. */
export type Row<T> = { [Name in keyof T]-?: undefined extends T[Name] ? Exclude<T[Name], undefined> | null : T[Name] };

/** A row as the contract has it: what is not there is left out, never null. */
export const withoutNulls = <T extends object>(row: Row<T>): T =>
  Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as T;

/** A column of type timestamptz in RFC 3339, as JSON has no type for it. */
export const momentColumn = (column: string) =>
  `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
