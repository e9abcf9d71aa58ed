/** Ends the stand-in with a message on standard error and an exit code, as docker would. */
export class DockerExit extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode = 1) {
    super(message);
    this.name = 'DockerExit';
    this.exitCode = exitCode;
  }
}
