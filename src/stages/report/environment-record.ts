import type { Finding, Result } from '../../finding.ts';
import type { DeploymentState, GitHubDeployments, RequestBounds } from '../../github/deployments.ts';
import type { RunContext } from '../../github/run-context.ts';
import type { Agents } from '../../runner/http.ts';
import { oneLine } from '../../runner/text.ts';
import type { Config } from '../inputs/config.ts';
import { changedAnything, deployedCommit, isGreen, type RunReport } from './run-report.ts';
import { dotless, duration } from './words.ts';

/** What the record needs; `open` loads the client, which only runs with `environment` set need. */
export interface RecordPorts {
  readonly open: () => Promise<Pick<GitHubDeployments, 'find' | 'create' | 'record'>>;
  /** Keeps for post which deployment it is, and whether nothing is left to do about it. */
  readonly save: (deployment: { readonly id?: number; readonly over: boolean }) => void;
  /** Waits a moment before a second try. */
  readonly pause: () => Promise<void>;
}

/** The record of a run with `environment` set, with GitHub's API behind it; nothing for another run. */
export function environmentRecord(
  config: Config,
  run: RunContext,
  agents: Agents,
  ports: Pick<RecordPorts, 'save' | 'pause'> & { readonly bounds: () => RequestBounds },
): EnvironmentRecord | undefined {
  const { environmentName, environmentUrl, mode, environment, jobId } = config;
  if (environmentName === undefined || mode === 'check') return undefined;
  return new EnvironmentRecord(environmentName, environmentUrl, {
    ...ports,
    open: async () => {
      const token = environment['INPUT_GITHUB-TOKEN']?.trim();
      if (!token) throw new Error('`github-token` is empty');
      const client = await import('../../github/deployments.ts');
      return new client.GitHubDeployments(run, token, agents, ports.bounds(), jobId);
    },
  });
}

/** What the beginning of the record came to. */
interface Begun {
  /** Looks for the deployment, and makes it where this process has to; undefined where there is none to speak of. */
  readonly find: () => Promise<number | undefined>;
  readonly id: number | undefined;
  readonly error?: unknown;
}

const TRIES = 2;

/** Whether there is no use in trying again: GitHub has refused, or nothing was asked. */
function isFinal(error: unknown): boolean {
  if (error === undefined) return false;
  if (!(error instanceof Error) || !('status' in error)) return true;
  return typeof error.status === 'number' && error.status < 500 && error.status !== 429;
}

/**
 * The run's deployment at GitHub, for a run with `environment` set. Its beginning is recorded beside the deploy,
 * which doesn't wait for it; what goes wrong is a finding at the end, and never red.
 */
export class EnvironmentRecord {
  readonly #environment: string;
  readonly #url: string | undefined;
  readonly #ports: RecordPorts;
  #begun: Promise<Begun> | undefined;

  constructor(environment: string, url: string | undefined, ports: RecordPorts) {
    this.#environment = environment;
    this.#url = url;
    this.#ports = ports;
  }

  /** Records, once, that the deploy is under way: call it when something is about to be changed. */
  begin(report: RunReport): void {
    this.#begun ??= this.#begin(deployedCommit(report).sha || report.run.sha);
  }

  async #begin(ref: string): Promise<Begun> {
    const find = () => this.#findOrCreate(ref);
    let id: number | undefined;
    try {
      id = await find();
      this.#ports.save({ id, over: false });
      const github = await this.#ports.open();
      const environmentUrl = this.#url;
      await github.record(id, {
        state: 'in_progress',
        description: 'Deploying to Amazon ECS',
        environmentUrl,
      });
      return { find, id };
    } catch (error) {
      return { find, id, error };
    }
  }

  async #findOrCreate(ref: string): Promise<number> {
    const github = await this.#ports.open();
    return (await github.find(this.#environment)) ?? (await github.create(this.#environment, ref));
  }

  /** Goes on with a deployment that a process before this one began; without an id, the one of this run. */
  resume(id: number | undefined): void {
    // Where none is found, the process before ended before it made one.
    const find = async () => await (await this.#ports.open()).find(this.#environment);
    this.#begun = Promise.resolve({ find, id });
  }

  /**
   * Records how the run ended, whatever became of its beginning; gives a finding where that didn't work. Nothing where
   * nothing had begun.
   */
  async end(report: RunReport): Promise<Finding | undefined> {
    const begun = await this.#begun;
    if (begun === undefined) return undefined;
    const { id, problem } = isFinal(begun.error)
      ? { id: begun.id, problem: begun.error }
      : await this.#recordEnd(begun, report);
    this.#ports.save({ ...(id === undefined ? {} : { id }), over: true });
    return problem === undefined ? undefined : this.#notRecorded(problem);
  }

  /**
   * A second time, where the first try, or the beginning, failed on the way or at a gateway: a status that is there twice
   * says no more than one.
   */
  async #recordEnd(begun: Begun, report: RunReport): Promise<{ id: number | undefined; problem?: unknown }> {
    let { id } = begun;
    for (let attempt = begun.error === undefined ? 1 : TRIES; ; attempt += 1) {
      try {
        id ??= await begun.find();
        if (id === undefined) return { id };
        const github = await this.#ports.open();
        await github.record(id, { ...statusOf(report), environmentUrl: this.#url });
        return { id };
      } catch (problem) {
        if (attempt === TRIES || isFinal(problem)) return { id, problem };
        await this.#ports.pause();
      }
    }
  }

  #notRecorded(error: unknown): Finding {
    const status = error instanceof Error && 'status' in error ? error.status : undefined;
    const why = dotless(oneLine(error instanceof Error ? error.message : String(error), 200));
    return {
      code: 'DG811',
      level: 'warning',
      title: `The deployment to the environment ${oneLine(this.#environment, 60)} could not be recorded at GitHub: ${why}.`,
      fix:
        status === 401 || status === 403 || status === 404
          ? 'Give the job `permissions: deployments: write`, or leave `environment` out.'
          : 'Nothing, if it stays at this once; the deploy is as the rest of the report says.',
    };
  }
}

const STATES: Readonly<Record<Result, DeploymentState>> = {
  succeeded: 'success',
  // Nobody waited: whether it succeeds is not known.
  started: 'in_progress',
  checked: 'inactive',
  failed: 'failure',
  'rolled-back': 'failure',
  superseded: 'inactive',
  'timed-out': 'failure',
  cancelled: 'error',
};

function statusOf(report: RunReport): { readonly state: DeploymentState; readonly description: string } {
  const { result, totalMs } = report;
  const [failure] = report.failures;
  if (result === 'started') return { state: 'in_progress', description: 'Started, and not waited for' };
  if (isGreen(result))
    return {
      state: STATES[result],
      description: `${report.mode === 'rollback' ? 'Rolled back' : 'Deployed'} in ${duration(totalMs)}`,
    };
  const description = failure ? `${failure.code} ${oneLine(failure.title, 400)}` : result;
  if (result === 'cancelled' && !changedAnything(report)) return { state: 'inactive', description };
  // What broke here, or was cut short, says nothing about the image.
  return { state: failure?.code.startsWith('DG9') ? 'error' : STATES[result], description };
}
