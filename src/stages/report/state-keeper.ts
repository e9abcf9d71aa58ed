import { type RunState, STATE_NAME, type Told } from '../../runner/run-state.ts';
import type { Runner } from '../../runner/workflow-commands.ts';
import { changedAnything, type RunReport } from './run-report.ts';

/**
 * Saves what post needs to know should main end before it told anyone: each save replaces the one before. The
 * runner reads the state when main has ended, however it did.
 */
export class StateKeeper {
  readonly #runner: Pick<Runner, 'saveState'>;
  #state: RunState;
  #saved = '';

  constructor(runner: Pick<Runner, 'saveState'>, start: Partial<RunState>) {
    this.#runner = runner;
    this.#state = {
      version: 1,
      told: 'no',
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
    const bounded = subject === undefined ? {} : { subject: subject.slice(0, 500) };
    this.#state = { ...this.#state, commit: { sha, ...bounded } };
    this.#save();
  }

  /** How far the run is. */
  record(report: RunReport, stage: string): void {
    this.#state = {
      ...this.#state,
      stage,
      changed: changedAnything(report),
      ...(report.accountId ? { accountId: report.accountId } : {}),
      unanswered: [...report.unanswered],
      deployments: report.deployments.flatMap(({ service, deploymentId, result }) =>
        deploymentId
          ? [{ service, deploymentId, ...(result === 'succeeded' ? { finished: true } : {}) }]
          : [],
      ),
      movedTags: report.movedTags.flatMap(({ tag, from, to }) => (from === to ? [] : [tag])).slice(0, 50),
    };
    this.#save();
  }

  /** The runner's signal came. */
  cancelled(): void {
    this.#state = { ...this.#state, cancelled: true };
    this.#save();
  }

  /** How the run ended, without any secret; nobody has been told yet. */
  end(report: RunReport): void {
    const [failure] = report.failures;
    this.#state = {
      ...this.#state,
      ended: {
        result: report.result,
        totalMs: report.totalMs,
        ...(failure
          ? { code: failure.code, title: failure.title.slice(0, 2000), fix: failure.fix.slice(0, 2000) }
          : {}),
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

  #save(): void {
    const text = JSON.stringify(this.#state);
    if (text === this.#saved) return;
    this.#saved = text;
    this.#runner.saveState(STATE_NAME, text);
  }
}
