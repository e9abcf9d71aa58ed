/** An answer of AWS that refuses: its error code, HTTP status and message, to be put in the protocol's own shape. */
export class ServiceError extends Error {
  readonly code: string;
  readonly status: number;

  /** `status` is 400 for nearly every client error of the JSON protocols; STS uses 403 for identity errors. */
  constructor(code: string, message: string, status = 400) {
    super(message);
    this.name = 'ServiceError';
    this.code = code;
    this.status = status;
  }
}
