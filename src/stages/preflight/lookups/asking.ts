import { setTimeout as sleep } from 'node:timers/promises';
import type { Aws } from '../../../aws/aws.ts';
import type { Config } from '../../inputs/config.ts';
import { type Answer, Questions, unwrap } from '../answer.ts';

/** How long work on this machine waits for questions to AWS to be on their way, in milliseconds. */
const MOST_WAIT_MS = 250;

/** Why a question that goes to AWS is not put. */
export const UNASKED = new Error('nothing is to be asked of AWS');

/** What all lookups ask with: one set of questions, so that each is put once whoever needs it. */
export class Asking {
  readonly config: Config;
  readonly questions = new Questions();
  readonly #aws: Aws | undefined;

  /** `aws` undefined: nothing may be asked of AWS (`Config.awsObstacle`). */
  constructor(config: Config, aws: Aws | undefined) {
    this.config = config;
    this.#aws = aws;
  }

  /** The way to AWS; throws where nothing may be asked there. */
  aws(): Aws {
    if (!this.#aws) throw UNASKED;
    return this.#aws;
  }

  /** Credentials, without asking AWS whether they are good unless they come from there. */
  async credentials(): Promise<Answer<{ readonly expiresAt: Date | undefined }>> {
    return await this.questions.once('credentials', async () => {
      const { expiration } = await this.aws().firstCredentials();
      return { expiresAt: expiration };
    });
  }

  /** AWS, once there are credentials to ask it with; throws what stands in the way. */
  async awsWithCredentials(): Promise<Aws> {
    unwrap(await this.credentials());
    return this.aws();
  }
}

/** Resolves with `event`, or after a moment without it. */
export async function orAMoment(event: Promise<unknown>): Promise<void> {
  // The timer keeps the process alive: nothing else may be under way.
  await Promise.race([event, sleep(MOST_WAIT_MS)]);
}
