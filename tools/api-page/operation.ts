import type { OpenAPIV3 } from "openapi-types";

export interface Operation {
  id: string;
  /** Upper case. */
  method: string;
  path: string;
  /** One scope a token needs, or none where no token is needed. */
  scope: string | undefined;
  parameters: OpenAPIV3.ParameterObject[];
  declared: OpenAPIV3.OperationObject;
}

/** Every operation of a document whose parameters and bodies stand in the operations themselves, in its order. */
export const operationsOf = ({ paths }: OpenAPIV3.Document): Operation[] =>
  Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item as Record<string, OpenAPIV3.OperationObject>).map(([method, declared]) => ({
      id: declared.operationId ?? `${method}-${path}`,
      method: method.toUpperCase(),
      path,
      scope: Object.values(declared.security?.[0] ?? {})[0]?.[0],
      parameters: (declared.parameters ?? []) as OpenAPIV3.ParameterObject[],
      declared,
    })),
  );

/** What an operation's request body is, if it has one. */
export const bodySchema = ({ declared }: Operation) =>
  (declared.requestBody as OpenAPIV3.RequestBodyObject | undefined)?.content["application/json"]?.schema;
