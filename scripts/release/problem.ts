/** Why a release can't go on, in a sentence for whoever makes it. Anything else that is thrown is a bug. */
export class ReleaseProblem extends Error {
  override readonly name = 'ReleaseProblem';
}

/** Runs a script's steps; what stops it is an error of the job, told in a line. */
export async function stopAtProblem(steps: () => Promise<void> | void): Promise<void> {
  try {
    await steps();
  } catch (error) {
    if (!(error instanceof ReleaseProblem)) throw error;
    const line = error.message.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
    process.stdout.write(`::error::${line}\n`);
    process.exitCode = 1;
  }
}
