import { AuditLog, newLine } from "../../service/records/audit-log";

const lines = (count: number) =>
  Array.from({ length: count }, () =>
    newLine(
      { userId: "user-1", action: "listPatients", requestId: "request-1", sourceAddress: "192.0.2.1" },
      { outcome: "allowed" },
    ),
  );

it("delivers what waits together, at most 1000 lines of it, and never a part of what belongs together", async () => {
  const delivered: number[] = [];
  const auditLog = new AuditLog((given) => {
    delivered.push(given.length);
    return Promise.resolve();
  });
  await Promise.all([600, 400, 1, 1500].map((count) => auditLog.write(lines(count))));
  expect(delivered).toEqual([1000, 1, 1500]);
});
