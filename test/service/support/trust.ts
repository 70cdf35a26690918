import { readFileSync } from "node:fs";
import tls from "node:tls";

const certificates: Buffer[] = [];

/** Makes this process trust an authority besides the public ones, which NODE_EXTRA_CA_CERTS can do at its start only. */
export function trust(certificateFile: string): void {
  certificates.push(readFileSync(certificateFile));
}

const { createSecureContext } = tls;

jest.spyOn(tls, "createSecureContext").mockImplementation((options) => {
  const secure = createSecureContext(options);
  const context = secure.context as { addCACert(certificate: Buffer): void };
  for (const certificate of certificates) context.addCACert(certificate);
  return secure;
});
