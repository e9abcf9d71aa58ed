import type { RunReport, StageName, StageReport } from './run-report.ts';

/** Keeps the report of a run that is under way: each change makes a new one, which listeners are told of. */
export class Recorder {
  #report: RunReport;
  #open: Omit<StageReport, 'ms'> = { name: 'preflight', startMs: 0 };
  #finished: readonly StageReport[] = [];
  #isOpen = false;
  readonly #startedAt = performance.now();
  readonly #onChange: (report: RunReport, stage: StageName) => void;

  constructor(initial: RunReport, onChange: (report: RunReport, stage: StageName) => void) {
    this.#report = initial;
    this.#onChange = onChange;
  }

  get report(): RunReport {
    return this.#report;
  }

  /** The report with some of it new, and its times up to now: a run may end within a stage. */
  update(change: Partial<RunReport>): RunReport {
    const totalMs = performance.now() - this.#startedAt;
    const open = this.#isOpen ? [{ ...this.#open, ms: totalMs - this.#open.startMs }] : [];
    this.#report = { ...this.#report, ...change, stages: [...this.#finished, ...open], totalMs };
    this.#onChange(this.#report, this.#open.name);
    return this.#report;
  }

  /** Runs a stage and records how long it took, however it ends. */
  async stage<T>(name: StageName, work: () => Promise<T>): Promise<T> {
    this.#open = { name, startMs: performance.now() - this.#startedAt };
    this.#isOpen = true;
    this.update({});
    try {
      return await work();
    } finally {
      this.#finished = this.update({}).stages;
      this.#isOpen = false;
    }
  }
}
