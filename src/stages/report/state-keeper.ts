import type { Finding } from '../../finding.ts';
import { type RunState, STATE_NAME, type Told } from '../../runner/run-state.ts';
import type { Runner } from '../../runner/workflow-commands.ts';
import { changedAnything, isOver, type RunReport } from './run-report.ts';

/**
 * Saves what post needs to know should main end before it told anyone: each save replaces the one before. The
 * runner reads the state when main has ended, however it did.
 */
export class StateKeeper {
  readonly #runner: Pick<Runner, 'saveState'>;
  readonly #redact: (text: string) => string;
  #state: RunState;
  #saved = '';

  /** `redact` takes the run's secrets out of a text: what is saved shows in the debug log. */
  constructor(runner: Pick<Runner, 'saveState'>, start: Partial<RunState>, redact: (text: string) => string) {
    this.#runner = runner;
    this.#redact = redact;
    this.#state = {
      version: 1,
      told: 'no',
      revision: 0,
      stage: 'start',
      startedAtMs: Date.now(),
      changed: false,
      unanswered: [],
      deployments: [],
      ...start,
    };
    this.#save();
  }

  /** Which commit it is about. A longer subject would not be read back, and post would tell people a second time. */
  commit({ sha, subject }: NonNullable<RunState['commit']>): void {
    const bounded = subject === undefined ? {} : { subject: this.#text(subject, 500) };
    this.#state = { ...this.#state, commit: { sha, ...bounded } };
    this.#save();
  }

  /** How far the run is. */
  record(report: RunReport, stage: string): void {
    const [cause] = report.undo ? report.failures : [];
    const { cause: _, undo: __, oneOffTask: ___, ...kept } = this.#state;
    this.#state = {
      ...kept,
      stage,
      changed: changedAnything(report),
      ...(report.accountId ? { accountId: report.accountId } : {}),
      unanswered: [...report.unanswered],
      deployments: report.deployments.flatMap(({ service, deploymentId, result }) =>
        deploymentId ? [{ service, deploymentId, ...(isOver(result) ? { finished: true } : {}) }] : [],
      ),
      ...(report.undo
        ? { undo: { ...report.undo, asked: [...report.undo.asked], begun: [...report.undo.begun] } }
        : {}),
      ...(cause ? { cause: this.#failure(cause) } : {}),
      ...(report.oneOffTask
        ? { oneOffTask: { ...report.oneOffTask, command: this.#text(report.oneOffTask.command, 300) } }
        : {}),
      movedTags: report.movedTags.flatMap(({ tag, from, to }) => (from === to ? [] : [tag])).slice(0, 50),
    };
    this.#save();
  }

  /** The runner's signal came. */
  cancelled(): void {
    this.#state = { ...this.#state, cancelled: true };
    this.#save();
  }

  /** How the run ended; nobody has been told yet. */
  end(report: RunReport): void {
    const [failure] = report.failures;
    this.#state = {
      ...this.#state,
      ended: {
        result: report.result,
        totalMs: report.totalMs,
        ...(failure ? this.#failure(failure) : {}),
      },
    };
    this.#save();
  }

  /** The run's page says all that there is to say. */
  shown(): void {
    this.#state = { ...this.#state, shown: true };
    this.#save();
  }

  /** Which deployment at GitHub is the run's. */
  github(github: NonNullable<RunState['github']>): void {
    this.#state = { ...this.#state, github };
    this.#save();
  }

  /** How far the telling got. */
  told(told: Told): void {
    this.#state = { ...this.#state, told };
    this.#save();
  }

  #failure({ code, title, fix }: Finding) {
    return { code, title: this.#text(title, 2000), fix: this.#text(fix, 2000) };
  }

  #text(text: string, most: number): string {
    return this.#redact(text).slice(0, most);
  }

  #save(): void {
    if (JSON.stringify(this.#state) === this.#saved) return;
    this.#state = { ...this.#state, revision: this.#state.revision + 1 };
    this.#saved = JSON.stringify(this.#state);
    this.#runner.saveState(STATE_NAME, this.#saved);
  }
}
