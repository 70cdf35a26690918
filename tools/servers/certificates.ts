import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import * as path from "node:path";

export interface CertificateFiles {
  certificate: string;
  key: string;
}

/** Days. */
const validity = "30";

/** A certificate authority for servers on this machine, made in a folder with the `openssl` command. */
export class CertificateAuthority {
  readonly certificate: string;
  private readonly key: string;

  constructor(private readonly folder: string) {
    mkdirSync(folder, { recursive: true });
    this.certificate = path.join(folder, "ca.pem");
    this.key = path.join(folder, "ca-key.pem");
    openssl(
      "req",
      "-x509",
      ...newKey(this.key),
      "-subj",
      "/CN=Local authority",
      "-days",
      validity,
      "-out",
      this.certificate,
    );
  }

  /** @param names as in the certificate, such as `DNS:localhost` or `IP:127.0.0.1` */
  issue(file: string, ...names: string[]): CertificateFiles {
    const at = (extension: string) => path.join(this.folder, `${file}${extension}`);
    openssl("req", ...newKey(at("-key.pem")), "-subj", "/CN=Local server", "-out", at(".csr"));
    writeFileSync(at(".ext"), `subjectAltName=${names.join(",")}\nextendedKeyUsage=serverAuth\n`);
    const authority = ["-CA", this.certificate, "-CAkey", this.key, "-CAcreateserial"];
    openssl(
      "x509",
      "-req",
      "-in",
      at(".csr"),
      ...authority,
      "-days",
      validity,
      "-extfile",
      at(".ext"),
      "-out",
      at(".pem"),
    );
    return { certificate: at(".pem"), key: at("-key.pem") };
  }
}

const newKey = (file: string) => [
  "-newkey",
  "ec",
  "-pkeyopt",
  "ec_paramgen_curve:prime256v1",
  "-nodes",
  "-keyout",
  file,
];

const openssl = (...args: string[]) => execFileSync("openssl", args, { stdio: "pipe" });
