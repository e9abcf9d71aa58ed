import type { Aws } from '../aws/aws.ts';
import type { Config } from './inputs/config.ts';
import type { Ports } from './ports.ts';
import type { Recorder } from './report/recorder.ts';
import type { Target } from './target.ts';

/** What every stage after the preflight works with. */
export interface DeployContext {
  readonly config: Config;
  readonly target: Target;
  readonly recorder: Recorder;
  readonly ports: Ports & { readonly aws: Aws };
}
