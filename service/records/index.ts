import type { APIGatewayProxyEvent, Context } from "aws-lambda";
import { serviceFromEnvironment } from "./from-environment";
import { createHandler } from "./gateway-event";

const { app, publishMetrics } = serviceFromEnvironment(process.env);
const answer = createHandler(app);

/** The records API in Lambda, behind API Gateway's REST proxy integration. */
export async function handler(event: APIGatewayProxyEvent, context: Context) {
  try {
    return await answer(event, context);
  } finally {
    publishMetrics();
  }
}
