import type { RunReport, StageName } from './run-report.ts';

/** Keeps the report of a run that is under way: each change makes a new one, which listeners are told of. */
export class Recorder {
  #report: RunReport;
  #stage: StageName = 'preflight';
  readonly #startedAt = performance.now();
  readonly #onChange: (report: RunReport, stage: StageName) => void;

  constructor(initial: RunReport, onChange: (report: RunReport, stage: StageName) => void) {
    this.#report = initial;
    this.#onChange = onChange;
  }

  get report(): RunReport {
    return this.#report;
  }

  /** The report with some of it new, and its total time up to now. */
  update(change: Partial<RunReport>): RunReport {
    this.#report = { ...this.#report, ...change, totalMs: performance.now() - this.#startedAt };
    this.#onChange(this.#report, this.#stage);
    return this.#report;
  }

  /** Runs a stage and records how long it took, however it ends. */
  async stage<T>(name: StageName, work: () => Promise<T>): Promise<T> {
    const startedAt = performance.now();
    this.#stage = name;
    this.update({});
    try {
      return await work();
    } finally {
      this.update({ stages: [...this.#report.stages, { name, ms: performance.now() - startedAt }] });
    }
  }
}
