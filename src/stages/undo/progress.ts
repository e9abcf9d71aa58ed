import type { Recorder } from '../report/recorder.ts';

interface Answer {
  readonly service: string;
  /** What ECS accepted. */
  readonly deploymentId: string | undefined;
}

/** Keeps how far the undoing has got: should the run end now, people are told. */
export class UndoNotes {
  readonly #recorder: Recorder;

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
    recorder.update({ undo: { asked: [], begun: [], over: false } });
  }

  /** ECS is about to be asked for these services. */
  asks(services: readonly string[]): void {
    this.#update({ asked: services });
  }

  /** ECS said something of a service, or nothing has to be asked of it. */
  answered({ service, deploymentId }: Answer): void {
    const { asked = [], begun = [] } = this.#recorder.report.undo ?? {};
    this.#update({
      asked: asked.filter((name) => name !== service),
      begun: [...begun, ...(deploymentId ? [{ service, deploymentId }] : [])],
    });
  }

  /** All was waited for to its end. */
  over(): void {
    this.#update({ asked: [], over: true });
  }

  #update(change: Partial<NonNullable<Recorder['report']['undo']>>): void {
    const now = this.#recorder.report.undo ?? { asked: [], begun: [], over: false };
    this.#recorder.update({ undo: { ...now, ...change } });
  }
}
