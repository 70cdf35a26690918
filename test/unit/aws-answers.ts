/** What AWS answers to a command, by the command's name and what it is given; an error is thrown. */
export type AwsAnswers = Record<string, (input: Record<string, unknown>) => object | Promise<object>>;

interface Command {
  constructor: { name: string };
  input: Record<string, unknown>;
}

/** Lets all clients of a service answer this instead of AWS, and returns the names of the commands that they are sent. Refuses those that no test has planned. */
export function answerAs(client: { prototype: object }, answers: AwsAnswers): string[] {
  const sent: string[] = [];
  const prototype = client.prototype as { send(command: Command): Promise<object> };
  jest.spyOn(prototype, "send").mockImplementation(async ({ constructor: { name }, input }) => {
    const command = name.replace(/Command$/, "");
    sent.push(command);
    const answer = answers[command];
    if (!answer) throw new Error(`no answer planned for ${command}`);
    const answered = await Promise.resolve(answer(input));
    if (answered instanceof Error) throw answered;
    return answered;
  });
  return sent;
}

/** An error as the SDK throws it. */
export function awsError(name: string, message = "no"): Error {
  return Object.assign(new Error(message), { name });
}
