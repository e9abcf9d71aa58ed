import type { Finding, Result } from '../../finding.ts';
import type { DeploymentState, GitHubDeployments } from '../../github/deployments.ts';
import type { RunContext } from '../../github/run-context.ts';
import type { Agents } from '../../runner/http.ts';
import { oneLine } from '../../runner/text.ts';
import type { Config } from '../inputs/config.ts';
import { changedAnything, deployedCommit, isGreen, type RunReport } from './run-report.ts';
import { duration } from './words.ts';

/** What the record needs; `open` loads the client, which only runs with `environment` set need. */
export interface RecordPorts {
  readonly open: () => Promise<Pick<GitHubDeployments, 'find' | 'create' | 'record'>>;
  /** Keeps for post which deployment it is, and whether nothing is left to do about it. */
  readonly save: (deployment: { readonly id?: number; readonly over: boolean }) => void;
}

/** The record of a run with `environment` set, with GitHub's API behind it; nothing for another run. */
export function environmentRecord(
  config: Config,
  run: RunContext,
  agents: Agents,
  ports: Pick<RecordPorts, 'save'> & { readonly timeoutMs: () => number },
): EnvironmentRecord | undefined {
  const { environmentName, environmentUrl, mode, environment, jobId } = config;
  if (environmentName === undefined || mode === 'check') return undefined;
  return new EnvironmentRecord(environmentName, environmentUrl, {
    ...ports,
    open: async () => {
      const token = environment['INPUT_GITHUB-TOKEN']?.trim();
      if (!token) throw new Error('`github-token` is empty');
      const client = await import('../../github/deployments.ts');
      return new client.GitHubDeployments(run, token, agents, ports.timeoutMs(), jobId);
    },
  });
}

/**
 * The run's deployment at GitHub, for a run with `environment` set. Its beginning is recorded beside the deploy,
 * which doesn't wait for it; what goes wrong is a finding at the end, and never red.
 */
export class EnvironmentRecord {
  readonly #environment: string;
  readonly #url: string | undefined;
  readonly #ports: RecordPorts;
  /** Undefined within: there is none, and nobody to warn. */
  #begun: Promise<number | Finding | undefined> | undefined;

  constructor(environment: string, url: string | undefined, ports: RecordPorts) {
    this.#environment = environment;
    this.#url = url;
    this.#ports = ports;
  }

  /** Records, once, that the deploy is under way: call it when something is about to be changed. */
  begin(report: RunReport): void {
    this.#begun ??= this.#begin(deployedCommit(report).sha || report.run.sha).catch((error: unknown) =>
      this.#notRecorded(error),
    );
  }

  async #begin(ref: string): Promise<number> {
    const github = await this.#ports.open();
    const id = (await github.find(this.#environment)) ?? (await github.create(this.#environment, ref));
    this.#ports.save({ id, over: false });
    const environmentUrl = this.#url;
    await github.record(id, { state: 'in_progress', description: 'Deploying to Amazon ECS', environmentUrl });
    return id;
  }

  /** Goes on with a deployment that a process before this one began; without an id, the one of this run. */
  resume(id: number | undefined): void {
    this.#begun = this.#resume(id).catch((error: unknown) => this.#notRecorded(error));
  }

  /** Where none is found, the process before ended before it made one. */
  async #resume(id: number | undefined): Promise<number | undefined> {
    return id ?? (await (await this.#ports.open()).find(this.#environment));
  }

  /** Records how the run ended; gives a finding where that didn't work. Nothing where nothing had begun. */
  async end(report: RunReport): Promise<Finding | undefined> {
    const begun = await this.#begun;
    if (begun === undefined) return undefined;
    const problem = typeof begun === 'number' ? await this.#recordEnd(begun, report) : begun;
    this.#ports.save({ ...(typeof begun === 'number' ? { id: begun } : {}), over: true });
    return problem;
  }

  async #recordEnd(id: number, report: RunReport): Promise<Finding | undefined> {
    try {
      const github = await this.#ports.open();
      await github.record(id, { ...statusOf(report), environmentUrl: this.#url });
      return undefined;
    } catch (error) {
      return this.#notRecorded(error);
    }
  }

  #notRecorded(error: unknown): Finding {
    const status = error instanceof Error && 'status' in error ? error.status : undefined;
    const why = oneLine(error instanceof Error ? error.message : String(error), 200).replace(/\.$/, '');
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
